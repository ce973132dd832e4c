import type { Check } from '../../../check.ts';
import { ServiceWatch } from '../../../service-watch.ts';
import type { Trial } from '../../../trial.ts';
import { describeEnd } from '../../../words.ts';
import { expectStop } from '../expectations.ts';

/** When an action is killed, as parts of what it takes undisturbed. */
const MOMENTS = [0.25, 0.5, 0.75];

/** Actions that the executor kills in their middle. */
export const INTERRUPTION_CHECKS: readonly Check[] = [
  {
    id: 'FAIL-09',
    class: 'ocf',
    level: 'should',
    title: 'after a start that was killed at its timeout stop gives 0 and leaves nothing',
    why: 'The executor kills a start that takes too long, with its process group, and the cluster calls stop. What the start had already brought up then must not stay, and stop must not fail over half of it.',
    source: 'Pacemaker, executor: SIGKILL to the process group at the timeout, then stop',
    remedy:
      'Find the service by more than what start writes at its end; let stop clean up whatever a start can leave.',
    needs: ['processes'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      await trial.reach('stopped');
      const wholeMs = await undisturbedMs(trial, 'start');
      for (const afterMs of momentsOf(wholeMs)) {
        await watch.clear();
        await trial.run('start', { killAfterMs: afterMs });
        await expectStopped(watch, `after start was killed in its middle, after ${afterMs} ms`);
      }
    },
  },
  {
    id: 'FAIL-11',
    class: 'ocf',
    level: 'should',
    title: 'after a stop that was killed in its middle another stop gives 0 and leaves nothing',
    why: 'A stop is cut off at its timeout, or with the container it runs in. Whoever calls it again must get it done, and not an error over what the first has already taken away.',
    source: 'OCF 1.1, stop: succeeds when there is nothing to stop',
    remedy:
      'Take away the record of the service last, when the service is gone, and never fail over a missing one.',
    needs: ['processes'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      await watch.start();
      const wholeMs = await undisturbedMs(trial, 'stop');
      for (const afterMs of momentsOf(wholeMs)) {
        await watch.startAnew();
        await trial.run('stop', { killAfterMs: afterMs });
        await expectStopped(watch, `after stop was killed in its middle, after ${afterMs} ms`);
      }
    },
  },
];

async function undisturbedMs(trial: Trial, action: string): Promise<number> {
  const run = await trial.run(action);
  return run.rc === 0 ? run.ms : trial.skip(`${action} gave ${describeEnd(run)}`);
}

function momentsOf(ms: number): readonly number[] {
  return [...new Set(MOMENTS.map((part) => Math.max(1, Math.round(ms * part))))];
}

async function expectStopped(watch: ServiceWatch, when: string): Promise<void> {
  await expectStop(watch, when);
  await watch.trial.expect('monitor', { rc: [7], when: `after stop ${when}` }, { intervalMs: 0 });
}
