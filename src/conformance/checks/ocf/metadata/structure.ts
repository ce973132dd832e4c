import { basename } from 'node:path';
import type { Check } from '../../../check.ts';
import { advertises } from '../../../declared.ts';
import { durationMs } from '../../../metadata/durations.ts';
import { childOf, childrenOf } from '../../../metadata/read-metadata.ts';
import { OCF_1_1, RA_API_1_DTD } from '../../../metadata/schema.ts';
import { schemaFaults } from '../../../metadata/schema-faults.ts';
import type { Trial } from '../../../trial.ts';
import { documentOf, failEach, isAtLeast11, metadataOf, skipUnlessReadable } from './read.ts';

const REQUIRED_ACTIONS = ['start', 'stop', 'monitor', 'meta-data'];
const API_VERSIONS = ['1.0', '1.1'];
const ROLES: ReadonlySet<string> = new Set(['Promoted', 'Unpromoted', 'Started', 'Stopped']);
/** Actions that make no sense without each other. */
const PAIRS = [
  ['promote', 'demote'],
  ['migrate_to', 'migrate_from'],
] as const;

/** How metadata is built, and what it says of the agent and its actions. */
export const STRUCTURE_CHECKS: readonly Check[] = [
  {
    id: 'META-03',
    class: 'ocf',
    level: 'must',
    title: 'metadata has the structure of OCF 1.1',
    why: 'pcs refuses an agent whose metadata breaks its schema. Pacemaker looks for parameters and actions where the standard has them, and does not see them elsewhere.',
    source: 'OCF 1.1, ra-api.rng; the attribute private, which Pacemaker honours, is let pass',
    remedy: 'Bring elements and attributes into the order and spelling that is named.',
    needs: [],
    skip: skipUnlessReadable,
    async run(trial) {
      failEach(trial, schemaFaults(documentOf(trial).root, OCF_1_1));
    },
  },
  {
    id: 'META-06',
    class: 'ocf',
    level: 'must',
    title: 'start, stop, monitor and meta-data are advertised',
    why: 'They are all that a cluster can not do without. Tools take the times of a resource from here, and pcs refuses or warns without them.',
    source: 'OCF 1.1, mandatory actions',
    remedy: 'Give each an <action> element with its name and timeout.',
    needs: [],
    skip: skipUnlessReadable,
    async run(trial) {
      const missing = REQUIRED_ACTIONS.filter((action) => !advertises(trial.subject, action));
      failEach(
        trial,
        missing.map((action) => ({ expected: `an <action name="${action}">`, seen: 'none' })),
      );
    },
  },
  {
    id: 'META-07',
    class: 'ocf',
    level: 'should',
    title:
      'metadata has the name of the file, a version of the API that there is, and a version of the agent',
    why: 'Tools show the name, and look for the agent by it. Pacemaker chooses between reload and reload-agent by the version of the API.',
    source: 'OCF 1.1, resource-agent; Pacemaker: ra_version of the controller',
    remedy: 'Write <resource-agent name="FILE" version="1.0"> and <version>1.1</version>.',
    needs: [],
    skip: skipUnlessReadable,
    async run(trial) {
      const { name, apiVersion, agentVersion } = metadataOf(trial);
      const { path, type } = trial.subject;
      // Of an agent behind a daemon only the name is known.
      const file = path === '' ? type : basename(path);
      failEach(trial, [
        ...(name === file ? [] : [{ expected: `the name ${file}, as the file has it`, seen: `"${name}"` }]),
        ...(API_VERSIONS.includes(apiVersion)
          ? []
          : [{ expected: `${API_VERSIONS.join(' or ')} in <version>`, seen: `"${apiVersion}"` }]),
        ...(agentVersion === undefined
          ? [{ expected: 'an attribute version of <resource-agent>', seen: 'none' }]
          : []),
      ]);
    },
  },
  {
    id: 'META-10',
    class: 'ocf',
    level: 'should',
    title: 'validate-all is advertised, every time can be read, and monitors have intervals of their own',
    why: 'pcs takes operations with their times from the metadata. Two with the same interval are one operation to Pacemaker, which refuses them or runs only one.',
    source: 'OCF 1.1, actions; Pacemaker: operations are named by action and interval',
    remedy: 'Write times as 20s, 1min or 500ms, and give monitors of other depths and roles other intervals.',
    needs: [],
    skip: skipUnlessReadable,
    run: judgeTimes,
  },
  {
    id: 'META-11',
    class: 'ocf',
    level: 'should',
    title: 'actions come with what they need: promote with demote, reload-agent with reloadable parameters',
    why: 'A cluster that can promote and not demote can not move the role. Pacemaker ignores reload-agent without <version>1.1</version>, and reloadable without reload-agent.',
    source: 'OCF 1.1, promote, demote, reload-agent, role; Pacemaker: ra_param_from_xml',
    remedy: 'Advertise the other one as well, or neither; name roles Promoted and Unpromoted.',
    needs: [],
    skip: skipUnlessReadable,
    run: judgeCompanions,
  },
  {
    id: 'META-13',
    class: 'ocf',
    level: 'should',
    title: 'what its document type says of it is noted',
    why: 'It never fails: the type that most agents name is of OCF 1.0, and nothing but ocf-tester reads it. An agent of OCF 1.1 can not be valid by it.',
    source: 'resource-agents: ra-api-1.dtd',
    remedy: 'Leave the DOCTYPE out of agents of OCF 1.1.',
    needs: [],
    skip: skipUnlessReadable,
    async run(trial) {
      const { root, hasDoctype } = documentOf(trial);
      const faults = hasDoctype ? schemaFaults(root, RA_API_1_DTD) : [];
      trial.note(
        hasDoctype ? `By ra-api-1.dtd it is ${faults.length === 0 ? 'valid' : 'not valid'}` : 'It names none',
      );
      for (const { expected, seen } of faults.slice(0, 3)) {
        trial.note(`By ra-api-1.dtd: expected ${expected}, got ${seen}`);
      }
    },
  },
];

async function judgeTimes(trial: Trial): Promise<void> {
  const actions = childrenOf(childOf(documentOf(trial).root, 'actions'), 'action');
  const unreadable = actions.flatMap(({ attributes, line }) =>
    ['timeout', 'interval', 'start-delay']
      .filter((each) => attributes[each] !== undefined && durationMs(attributes[each]) === undefined)
      .map((each) => ({
        expected: `a time such as 20s as ${each} of ${attributes['name']} (line ${line})`,
        seen: `"${attributes[each]}"`,
      })),
  );
  const monitors = actions.filter(({ attributes }) => attributes['name'] === 'monitor');
  const withoutInterval = monitors
    .filter(({ attributes }) => attributes['interval'] === undefined)
    .map(({ line }) => ({ expected: `an interval of the monitor in line ${line}`, seen: 'none' }));
  const intervals = monitors.map(({ attributes }) => durationMs(attributes['interval']));
  const same = intervals.filter((ms, index) => ms !== undefined && intervals.indexOf(ms) !== index);
  failEach(trial, [
    ...(advertises(trial.subject, 'validate-all')
      ? []
      : [{ expected: 'an <action name="validate-all">', seen: 'none' }]),
    ...unreadable,
    ...withoutInterval,
    ...[...new Set(same)].map((ms) => ({
      expected: 'another interval for every monitor',
      seen: `${intervals.filter((each) => each === ms).length} with ${ms} ms`,
    })),
  ]);
}

async function judgeCompanions(trial: Trial): Promise<void> {
  const { subject } = trial;
  const metadata = metadataOf(trial);
  const alone = PAIRS.filter(([one, other]) => advertises(subject, one) !== advertises(subject, other));
  const reloadable = metadata.parameters.filter(({ isReloadable }) => isReloadable);
  const reloads = advertises(subject, 'reload-agent');
  const roles = metadata.actions
    .map(({ role }) => role)
    .filter((role) => role !== undefined && !ROLES.has(role));
  failEach(trial, [
    ...alone.map(([one, other]) => ({
      expected: `both ${one} and ${other}, or neither`,
      seen: advertises(subject, one) ? one : other,
    })),
    ...(reloads && reloadable.length === 0
      ? [{ expected: 'a parameter with reloadable="1", since reload-agent is advertised', seen: 'none' }]
      : []),
    ...(reloads && !isAtLeast11(metadata)
      ? [
          {
            expected: '<version>1.1</version>, since reload-agent is ignored before',
            seen: `"${metadata.apiVersion}"`,
          },
        ]
      : []),
    ...(!reloads && reloadable.length > 0
      ? [
          {
            expected: 'the action reload-agent, since parameters are reloadable',
            seen: `none, and ${reloadable.map(({ name }) => name).join(', ')}`,
          },
        ]
      : []),
    ...[...new Set(roles)].map((role) => ({ expected: 'the role Promoted or Unpromoted', seen: `${role}` })),
  ]);
}
