import type { Check } from '../../check.ts';
import type { Run } from '../../run.ts';
import type { Trial } from '../../trial.ts';
import { describeEnd } from '../../words.ts';
import { programErrorIn } from '../program-errors.ts';
import { expectOk, openFolder, RECIPIENT } from './expectations.ts';

/** Variables whose values people choose who need not be administrators of this node. */
const VALUES: readonly (readonly [kind: string, name: string])[] = [
  ['attribute', 'CRM_alert_attribute_value'],
  ['attribute', 'CRM_alert_attribute_name'],
  ['resource', 'CRM_alert_desc'],
  ['fencing', 'CRM_alert_desc'],
  ['node', 'CRM_alert_node'],
];

/** Ways to have a shell make a file, by what they are. */
const INJECTIONS: readonly ((file: string) => string)[] = [
  (file) => `$(touch ${file})`,
  (file) => `\`touch ${file}\``,
  (file) => `; touch ${file};`,
  (file) => `'; touch ${file}; '`,
  (file) => `"; touch ${file}; "`,
  (file) => `\ntouch ${file}\n`,
  (file) => `a[$(touch ${file})]`,
];

/** Values that are odd and harmless. */
const ODD: readonly string[] = [
  'two  words',
  "it's",
  'say "no"',
  '*',
  '-n',
  '',
  'Grüße ☃',
  'two\nlines',
  'a\\nb',
  '%s%n',
];

/** What stands in the variables. */
export const VALUE_CHECKS: readonly Check[] = [
  {
    id: 'AL-06',
    class: 'alert',
    level: 'must',
    title: 'no value is executed',
    why: 'Descriptions and attribute values come from agents and from everybody who may set attributes. What is executed here runs as hacluster, who may change the whole cluster.',
    source: 'Pacemaker Explained, Alerts: security considerations for custom alert agents',
    remedy: 'Quote every variable, never build commands or messages with eval, sh -c or ssh from values.',
    needs: ['environment', 'processes'],
    run: inject,
  },
  {
    id: 'AL-07',
    class: 'alert',
    level: 'should',
    title:
      'blanks, quotes, line ends and letters of all kinds in values are no problem, in the recipient neither',
    why: 'Exit reasons of resources are part of descriptions, and they are free text. An alert that fails by its own text is lost.',
    source: 'Pacemaker Explained, Alerts; seen: "[: too many arguments" of a shell',
    remedy: 'Quote every variable: "$CRM_alert_desc".',
    needs: ['environment', 'processes'],
    run: tryOdd,
  },
];

async function inject(trial: Trial): Promise<void> {
  const folder = await openFolder(trial);
  const file = `${folder}/canary`;
  const isMade = async (): Promise<boolean> => (await trial.place.sh(`[ -e ${file} ]`)).code === 0;
  for (const [kind, name] of VALUES) {
    for (const make of INJECTIONS) {
      const value = make(file);
      const run = await trial.run(kind, { env: { [name]: value } });
      if (await isMade()) {
        trial.fail(
          { expected: `the value of ${name} to stay a text`, seen: `a command that ran: ${value}` },
          run,
        );
        await trial.place.sh(`rm -f ${file}`);
        break;
      }
    }
  }
}

async function tryOdd(trial: Trial): Promise<void> {
  const folder = await openFolder(trial);
  const tries: readonly (readonly [kind: string, name: string, value: string])[] = [
    ...VALUES.flatMap(([kind, name]) => ODD.map((value) => [kind, name, value] as const)),
    // As a file it can be written, as an address it is one that does not exist.
    ['node', RECIPIENT, `${folder}/a recipient's file`],
  ];
  const usual = new Map<string, Run>();
  for (const kind of new Set(tries.map(([kind]) => kind))) {
    const run = await trial.run(kind);
    usual.set(kind, run);
    if (run.rc !== 0) {
      trial.skip(`The alert ${kind} fails with ordinary values, too: ${describeEnd(run)}`);
    }
  }
  for (const [kind, name, value] of tries) {
    const when = `with ${name}=${JSON.stringify(value)}`;
    const run = await expectOk(trial, kind, { when, env: { [name]: value } });
    const error = programErrorIn(run.stderr);
    if (error !== undefined && programErrorIn(usual.get(kind)?.stderr ?? '') === undefined) {
      trial.fail({ expected: `no error of the agent as a program ${when}`, seen: error[0] }, run);
    }
  }
}
