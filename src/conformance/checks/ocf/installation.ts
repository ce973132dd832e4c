import type { Check } from '../../check.ts';
import { advertises } from '../../declared.ts';
import type { Run, RunOptions } from '../../run.ts';
import { ServiceWatch } from '../../service-watch.ts';
import type { Trial } from '../../trial.ts';
import { expectReason, expectStop, OK, REFUSED } from './expectations.ts';
import { HELPER_CHECKS } from './helper-tools.ts';
import { programsOf } from './programs.ts';

/** Nobody, as in most systems. */
const NOBODY = { uid: 65534, gid: 65534 };
const PROBE: RunOptions = { intervalMs: 0 };
const HOST_LEVEL: RunOptions = { checkLevel: 10 };

/** An action without the service's programs, and the codes that are right. */
interface Step {
  readonly action: string;
  readonly rc: readonly number[];
  readonly options?: RunOptions;
  /** Only where the cases name the programs: an agent may have good reasons not to look for what was guessed. */
  readonly isForTold?: boolean;
}

/** A node where the service is not installed, or the agent may not do what it has to. */
export const INSTALLATION_CHECKS: readonly Check[] = [
  {
    id: 'INST-01',
    class: 'ocf',
    level: 'must',
    title: 'a probe where the service is not installed gives 5 or 7',
    why: 'Every resource is probed on every node before it is started anywhere. Any other code says that it runs there, or has failed there, and the cluster acts on it.',
    source: 'OCF 1.1, monitor; Pacemaker counts a probe that gives 5 as not running',
    remedy: 'Look for the program first; if it is missing give 5, or 7 when the action is a probe.',
    needs: ['private', 'processes'],
    async run(trial) {
      await tryWithoutPrograms(trial, [{ action: 'monitor', rc: [5, 7], options: PROBE }]);
    },
  },
  {
    id: 'INST-02',
    class: 'ocf',
    level: 'must',
    title: 'start where the service is not installed gives 5, and so does validate-all at level 10',
    why: 'By 5 a cluster knows that this node will never run it and tries another at once. By 1 it tries here again and again.',
    source: 'OCF 1.1, code 5; Pacemaker: a hard error of this node',
    remedy:
      'Look for the program before anything else in start; check_binary of the shell library does that.',
    needs: ['private', 'processes'],
    async run(trial) {
      const hasValidation = advertises(trial.subject, 'validate-all');
      // That it says why is ACT-11's matter: nothing is damaged without.
      await tryWithoutPrograms(trial, [
        { action: 'start', rc: [5] },
        ...(hasValidation ? [{ action: 'validate-all', rc: [5], options: HOST_LEVEL, isForTold: true }] : []),
      ]);
    },
  },
  {
    id: 'INST-03',
    class: 'ocf',
    level: 'must',
    title: 'where the service is not installed stop gives 0, and a recurring monitor 1, 5 or 7',
    why: 'Nothing that is not there can run, so there is nothing to stop. A stop that fails over it gets a healthy node fenced.',
    source: 'OCF 1.1, stop: succeeds when it is stopped; Pacemaker fences a node on which stop has failed',
    remedy: 'Let stop give 0 when the program is missing and no process of it runs.',
    needs: ['private', 'processes'],
    async run(trial) {
      await tryWithoutPrograms(trial, [
        { action: 'stop', rc: OK },
        { action: 'monitor', rc: [1, 5, 7] },
      ]);
    },
  },
  {
    id: 'INST-04',
    class: 'ocf',
    level: 'should',
    title: 'start by a user who may not gives 4, or another failure with a reason; or it works',
    why: 'Executors run as root, but containers and security modules take privileges away. "Permission denied" deep in a log is found by nobody.',
    source: 'OCF 1.1, code 4',
    remedy: 'Ask for the privilege first (ocf_is_root of the shell library) and give 4 with a reason.',
    needs: ['users', 'private', 'processes'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      await trial.reach('stopped');
      const when = 'by an ordinary user';
      const start = await trial.run('start', { user: NOBODY });
      if (start.end.kind === 'not-started') {
        trial.skip(`The agent's file is not for ordinary users: ${start.end.errno}`);
      }
      trial.judge(start, { rc: [...OK, ...REFUSED], when });
      if (start.rc !== 4) {
        expectReason(trial, start, when);
      }
      await expectStop(watch, `after a start ${when}`);
    },
  },
  ...HELPER_CHECKS,
  {
    id: 'INST-06',
    class: 'ocf',
    level: 'should',
    title: 'when its programs are removed while it runs stop gives 0 and leaves no process',
    why: 'Packages are removed and upgraded while services run. A stop that needs the program to stop it fails then, and the node is fenced.',
    source: 'OCF 1.1, stop: may use force',
    remedy:
      "Stop by the service's own command where it is there, and by signals to its processes where it is not.",
    needs: ['private', 'processes'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      const { paths } = await programsOf(watch);
      await watch.start();
      await trial.place.hide(paths);
      await expectStop(watch, `without ${paths.join(', ')}`);
      await trial.place.restore();
    },
  },
];

/** Runs actions of the stopped resource without its programs, and judges them. */
async function tryWithoutPrograms(trial: Trial, all: readonly Step[]): Promise<readonly Run[]> {
  const watch = await ServiceWatch.begin(trial);
  const { paths, isGuess } = await programsOf(watch);
  const steps = all.filter(({ isForTold }) => isForTold !== true || !isGuess);
  if (isGuess) {
    await watch.clear();
  } else {
    await trial.reach('stopped');
  }
  await trial.place.hide(paths);
  const runs: Run[] = [];
  for (const { action, options } of steps) {
    runs.push(await trial.run(action, options));
  }
  await trial.place.restore();
  // Helpers of a start may look like the service: make sure before something is said that rests on it.
  if (isGuess && steps.some(({ rc }, index) => !rc.includes(runs[index]?.rc ?? -1))) {
    await watch.requireLasting();
  }
  const when = `without ${paths.join(', ')}`;
  for (const [index, run] of runs.entries()) {
    trial.judge(run, { rc: steps[index]?.rc ?? [], when });
  }
  return runs;
}
