import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Check } from '../../../check.ts';
import { readMetadata } from '../../../metadata/read-metadata.ts';
import type { Run, RunOptions } from '../../../run.ts';
import { ServiceWatch } from '../../../service-watch.ts';
import type { Trial } from '../../../trial.ts';
import { describeEnd } from '../../../words.ts';
import { programsOf } from '../programs.ts';
import { failEach } from './read.ts';

const OK: readonly number[] = [0];
/** As everywhere: nobody has more rights than this user. */
const NOBODY = { uid: 65_534, gid: 65_534 };
/** What people wait for, for a tool that asks all agents of a machine. In ms. */
const PATIENCE_MS = 1000;
const OTHER_SURROUNDINGS = { LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8', TZ: 'Asia/Tokyo' };

/** How metadata is given, whatever it says. */
export const ANSWER_CHECKS: readonly Check[] = [
  {
    id: 'META-01',
    class: 'ocf',
    level: 'must',
    title: 'meta-data gives 0 without parameters and without a resource name',
    why: 'Clusters and tools ask for metadata before there is a resource. An agent that gives none then can not be configured by pcs, and Pacemaker does not know its parameters.',
    source: 'OCF 1.1, meta-data',
    remedy: 'Answer meta-data before parameters, programs and rights are looked at.',
    needs: ['environment'],
    async run(trial) {
      const run = await trial.expect('meta-data', { rc: OK, when: 'without parameters' }, withoutAll(trial));
      if (run.rc === 0 && run.stdout.trim() === '') {
        trial.fail({ expected: 'metadata from meta-data without parameters', seen: 'nothing' }, run);
      }
    },
  },
  {
    id: 'META-02',
    class: 'ocf',
    level: 'must',
    title: 'meta-data prints one well-formed XML document with the root resource-agent, and nothing else',
    why: 'Pacemaker and pcs read it with an XML parser, which takes a document whole or not at all: a warning in front of it makes the agent unusable.',
    source: 'OCF 1.1, meta-data; XML 1.0, well-formed documents',
    remedy:
      'Print the document alone, escape & and < in its texts, and send everything else to standard error.',
    needs: [],
    async run(trial) {
      const run = await trial.run('meta-data');
      for (const fault of readMetadata(run.stdout).faults) {
        trial.fail(fault, run);
      }
    },
  },
  {
    id: 'META-04',
    class: 'ocf',
    level: 'must',
    title: 'meta-data gives everybody the same answer',
    why: 'Tools ask for it as whoever calls them, and the spec promises it without rights: pcs and crm_resource of people who are not root show nothing otherwise.',
    source: 'OCF 1.1, meta-data needs no rights; ocf-tester asks as nobody, too',
    remedy: 'Answer meta-data before rights are looked at, and let everybody read and execute the file.',
    needs: ['users'],
    async run(trial) {
      const folder = await closedFolder(trial.subject.path);
      if (folder !== undefined) {
        trial.skip(`Others than root can't look into ${folder}, whatever the agent does`);
      }
      const own = await trial.run('meta-data');
      const run = await trial.run('meta-data', { user: NOBODY });
      if (own.rc === 0 && trial.judge(run, { rc: OK, when: `as uid ${NOBODY.uid}` })) {
        expectSame(trial, own, run);
      }
    },
  },
  {
    id: 'META-05',
    class: 'ocf',
    level: 'must',
    title: 'meta-data gives its answer where the managed software is not installed',
    why: 'A resource is configured on any node, and Pacemaker asks the node that it is on. Where that has no such software the parameters are unknown.',
    source: 'OCF 1.1, meta-data; ocf-tester fakes missing programs, too',
    remedy: 'Look for programs in the actions that need them.',
    needs: ['environment'],
    run: askWithoutSoftware,
  },
  {
    id: 'META-09',
    class: 'ocf',
    level: 'should',
    title: 'meta-data is quick, says nothing on standard error, and is the same each time, in any language',
    why: 'Pacemaker keeps what it got once, and shows it to everybody. Errors in front of it fill logs, and tools that list agents ask all of them.',
    source: 'Of 147 agents of Debian 12 two print errors there',
    remedy:
      'Let metadata be a text that is printed, with nothing in it that depends on the machine or the moment.',
    needs: ['environment'],
    run: askOften,
  },
];

function withoutAll({ subject }: Trial): RunOptions {
  const names = Object.keys(subject.cases.instances[0]?.parameters ?? {});
  return {
    parameters: Object.fromEntries(names.map((name) => [name, undefined])),
    env: { OCF_RESOURCE_INSTANCE: undefined },
  };
}

/** A folder around a file that not everybody may pass, if there is one. */
async function closedFolder(path: string): Promise<string | undefined> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const stats = await stat(folder).catch(() => undefined);
    if (stats === undefined || (stats.mode & 0o001) === 0) {
      return folder;
    }
    if (folder === '/') {
      return undefined;
    }
  }
}

function expectSame(trial: Trial, one: Run, other: Run): boolean {
  if (one.stdout === other.stdout) {
    return true;
  }
  trial.fail(
    { expected: 'the same metadata from both', seen: firstDifference(one.stdout, other.stdout) },
    one,
    other,
  );
  return false;
}

/** For people who have to find it. */
function firstDifference(one: string, other: string): string {
  const others = other.split('\n');
  const index = one.split('\n').findIndex((line, at) => line !== others[at]);
  const at = index === -1 ? others.length - 1 : index;
  return `another line ${at + 1}: ${JSON.stringify((others[at] ?? 'no such line').trim().slice(0, 100))}`;
}

async function askWithoutSoftware(trial: Trial): Promise<void> {
  const { subject, place } = trial;
  const known = (run: Run, when: string): void => {
    if (trial.judge(run, { rc: OK, when }) && readMetadata(run.stdout).metadata === undefined) {
      trial.fail({ expected: `metadata from meta-data ${when}`, seen: 'something else' }, run);
    }
  };
  const own = await trial.run('meta-data');
  if (own.rc !== 0) {
    trial.skip(`meta-data gives ${describeEnd(own)} even where everything is installed`);
  }
  // The hook by which have_binary of ocf-shellfuncs says no to everything.
  const env = { OCF_TESTER_FAIL_HAVE_BINARY: '1' };
  known(await trial.run('meta-data', { env }), 'where have_binary finds nothing');
  if (subject.cases.programs === undefined || !place.abilities.has('private')) {
    trial.note('"programs" of the cases, in a sandbox, would be hidden as well');
    return;
  }
  const { paths } = await programsOf(await ServiceWatch.begin(trial));
  await place.hide(paths);
  known(await trial.run('meta-data'), 'without its programs');
}

async function askOften(trial: Trial): Promise<void> {
  const runs = [await trial.run('meta-data'), await trial.run('meta-data')] as const;
  const [first, second] = runs;
  if (first.rc !== 0) {
    trial.skip(`meta-data gives ${describeEnd(first)}`);
  }
  const said = first.stderr.trim();
  failEach(
    trial,
    said === '' ? [] : [{ expected: 'nothing on standard error', seen: JSON.stringify(said.slice(0, 200)) }],
  );
  const ms = Math.min(first.ms, second.ms);
  if (ms > PATIENCE_MS) {
    trial.fail({ expected: `an answer within ${PATIENCE_MS} ms`, seen: `one after ${ms} ms` }, ...runs);
  }
  if (expectSame(trial, first, second)) {
    expectSame(trial, first, await trial.run('meta-data', { env: OTHER_SURROUNDINGS }));
  }
}
