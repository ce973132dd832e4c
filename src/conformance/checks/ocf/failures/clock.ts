import type { Check } from '../../../check.ts';
import { ServiceWatch } from '../../../service-watch.ts';
import type { Trial } from '../../../trial.ts';
import { OK, UP } from '../expectations.ts';

const FIND_LIBRARY =
  'ls /usr/lib/*/faketime/libfaketime.so.1 /usr/lib*/faketime/libfaketime.so.1 2>/dev/null';
/** What libfaketime calls a jump, and what people do. */
const JUMPS = [
  { faketime: '+1d', words: 'a day ahead' },
  { faketime: '-1d', words: 'a day behind' },
];

/** The clock of the machine is set. */
export const CLOCK_CHECKS: readonly Check[] = [
  {
    id: 'FAIL-16',
    class: 'ocf',
    level: 'should',
    title: 'when the clock jumps by a day monitor of a running service still gives 0, and stop 0',
    why: 'Clocks jump when a machine boots without a battery, resumes, or finds its time server. An agent that compares the time of a file with now then takes a good service for a dead one, or waits a day.',
    source: 'OCF 1.1, monitor',
    remedy: 'Measure durations by a monotonic clock, and do not compare the times of files with the present.',
    needs: ['environment', 'processes'],
    async run(trial) {
      const library = await findLibrary(trial);
      const watch = await ServiceWatch.begin(trial);
      for (const { faketime, words } of JUMPS) {
        const env = { LD_PRELOAD: library, FAKETIME: faketime, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
        await watch.start();
        const when = `with the clock ${words}`;
        await trial.expect('monitor', { rc: UP, when }, { env });
        await trial.expect('monitor', { rc: UP, when }, { env, intervalMs: 0 });
        const stop = await trial.expect('stop', { rc: OK, when }, { env });
        await watch.expectNone(`after stop ${when}`, stop);
      }
    },
  },
];

/** There is no clock of its own in a namespace but the monotonic one [time_namespaces(7)], so programs are told another time. */
async function findLibrary(trial: Trial): Promise<string> {
  const { output } = await trial.place.sh(FIND_LIBRARY);
  const library = output.split('\n').find((line) => line.startsWith('/'));
  return library ?? trial.skip('Needs libfaketime (the package faketime)');
}
