import type { Check } from '../../../check.ts';
import type { RunOptions } from '../../../run.ts';
import type { Trial } from '../../../trial.ts';
import { describeEnd } from '../../../words.ts';
import { UP } from '../expectations.ts';
import { STOPPED } from '../roles.ts';

/** What nodes differ in, and no agent may depend on: each with the words for it. */
const VARIATIONS: readonly (readonly [string, RunOptions])[] = [
  ['with standard input closed', { stdin: 'closed' }],
  ['without HOME', { env: { HOME: undefined } }],
  ['in another language', { env: { LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8', LANGUAGE: 'de' } }],
  ['with umask 077', { umask: 0o077 }],
  ['in another directory', { directory: '/tmp' }],
  ['with the usual PATH of a daemon', { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } }],
  ['with a terminal that is named and not there', { env: { TERM: 'xterm-256color', COLUMNS: '20' } }],
];
const FURTHER_ARGUMENTS: typeof VARIATIONS = [
  ['with further arguments', { extraArguments: ['further', 'arguments'] }],
];
const PROBE: RunOptions = { intervalMs: 0 };

/** Names of resources: of a clone's instance, and with every letter that the cluster allows beside letters. */
const INSTANCE_NAMES = ['web:0', 'web-server.a_1'];
/** The cluster refuses these; people call agents with them by hand. */
const FOREIGN_NAMES = ['web server'];

/** What an agent is called with beside its parameters. */
export const SURROUNDING_CHECKS: readonly Check[] = [
  {
    id: 'PAR-08',
    class: 'ocf',
    level: 'must',
    title: 'the answer does not depend on how the executor was started',
    why: 'Pacemaker sets what the standard says and nothing more: no __OCF_ACTION, no HOME of somebody, no terminal. What works by hand and not there fails at the first failover.',
    source:
      'OCF 1.1, arguments and environment; Pacemaker: services_linux.c. ocf-tester sets __OCF_ACTION, so that nobody notices',
    remedy:
      'Take the action from the first argument, and set what the agent needs itself: PATH, LC_ALL, umask.',
    needs: ['environment'],
    run: varySurroundings,
  },
  {
    id: 'PAR-09',
    class: 'ocf',
    level: 'should',
    title: 'start refuses a version of the API that it can not know',
    why: 'A major version means another protocol. An agent that starts all the same does what it believes, and not what was asked.',
    source: 'OCF 1.1, OCF_RA_VERSION_MAJOR',
    remedy: 'Give an error with a reason where OCF_RA_VERSION_MAJOR is set and not 1.',
    needs: ['environment'],
    async run(trial) {
      await trial.reach('stopped');
      const run = await trial.run('start', { env: { OCF_RA_VERSION_MAJOR: '2', OCF_RA_VERSION_MINOR: '0' } });
      if (run.rc === 0) {
        trial.fail(
          { expected: 'an error from start with OCF_RA_VERSION_MAJOR=2', seen: describeEnd(run) },
          run,
        );
        await trial.run('stop');
      }
    },
  },
  {
    id: 'PAR-10',
    class: 'ocf',
    level: 'should',
    title: 'any name of a resource works: with a colon, a dash, a dot',
    why: 'Names become parts of files and of command lines. Instances of a clone have a colon in theirs.',
    source:
      'OCF 1.1, OCF_RESOURCE_INSTANCE; Pacemaker: ids are names of XML, with :N for instances of a clone',
    remedy: 'Quote the name wherever it is used, and do not cut it at a colon or dot.',
    needs: ['environment'],
    async run(trial) {
      await trial.reach('stopped');
      for (const name of [...INSTANCE_NAMES, ...FOREIGN_NAMES]) {
        await liveAs(trial, name);
      }
    },
  },
  {
    id: 'PAR-11',
    class: 'ocf',
    level: 'should',
    title: 'further arguments behind the action are ignored',
    why: 'Pacemaker gives none today. Agents that count their arguments answer 2 to the first caller that gives one, which is a wrong parameter of the resource.',
    source: 'OCF 1.1, the action is the first argument',
    remedy: 'Look at the first argument alone.',
    needs: ['environment'],
    async run(trial) {
      await trial.reach('stopped');
      await compare(trial, 'of a stopped resource', FURTHER_ARGUMENTS);
    },
  },
];

async function varySurroundings(trial: Trial): Promise<void> {
  // By the agent's own word, and without `reach`: who needs the variable answers nothing else.
  const probe = await trial.run('monitor', PROBE);
  const helped = await trial.run('monitor', { ...PROBE, env: { __OCF_ACTION: 'monitor' } });
  if (!STOPPED.includes(probe.rc) && STOPPED.includes(helped.rc)) {
    const expected = `monitor without __OCF_ACTION to give ${helped.rc}, as with it`;
    trial.fail({ expected, seen: describeEnd(probe) }, probe, helped);
    return;
  }
  await trial.reach('stopped');
  await compare(trial, 'of a stopped resource');
  await trial.reach('started');
  await compare(trial, 'of a running resource');
}

async function compare(trial: Trial, when: string, variations = VARIATIONS): Promise<void> {
  const ordinary = await trial.run('monitor', PROBE);
  for (const [words, options] of variations) {
    const run = await trial.run('monitor', { ...PROBE, ...options });
    if (run.rc !== ordinary.rc) {
      const expected = `a probe ${when} ${words} to give ${ordinary.rc}, as without`;
      trial.fail({ expected, seen: describeEnd(run) }, ordinary, run);
    }
  }
}

async function liveAs(trial: Trial, name: string): Promise<void> {
  const options = { env: { OCF_RESOURCE_INSTANCE: name } };
  const when = `of a resource called "${name}"`;
  if (FOREIGN_NAMES.includes(name)) {
    const start = await trial.run('start', options);
    const stop = await trial.run('stop', options);
    if (start.rc !== 0 || stop.rc !== 0) {
      trial.note(
        `"${name}", which no cluster allows, does not work: ${describeEnd(start)}, ${describeEnd(stop)}`,
      );
    }
    return;
  }
  const start = await trial.expect('start', { rc: [0], when }, options);
  if (start.rc === 0) {
    await trial.expect('monitor', { rc: UP, when }, options);
  }
  await trial.expect('stop', { rc: [0], when }, options);
  await trial.expect('monitor', { rc: STOPPED, when: `${when} after stop` }, { ...options, ...PROBE });
}
