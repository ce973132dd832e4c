import type { Check } from '../../../check.ts';
import { declaredTimeoutMs } from '../../../declared.ts';
import type { Run } from '../../../run.ts';
import { ServiceWatch } from '../../../service-watch.ts';
import type { Trial } from '../../../trial.ts';
import { expectReason, expectStop, expectUpOrReason, REFUSED, UP } from '../expectations.ts';
import { portsOf } from '../ports.ts';

/** Parts of the declared timeout within which a start that can't succeed has to say so. */
const SOON = { brokenConfiguration: 0.25, takenPort: 0.5 };
const FULL_DIRECTORIES = ['/run', '/var/log'];

/** What surrounds the service is broken: its configuration's content, its port, its disk. */
export const SURROUNDINGS_CHECKS: readonly Check[] = [
  {
    id: 'FAIL-07',
    class: 'ocf',
    level: 'should',
    title: 'start with a broken configuration fails within a quarter of its timeout, with a reason',
    why: 'A start that waits for a service that has long given up keeps the cluster waiting and then reports a timeout. Nobody learns that there is a typing error in a file.',
    source: 'OCF 1.1, start; seen with heartbeat:apache, which loops to its timeout',
    remedy:
      "Let the service check its configuration first, look at the exit status of what start launches, and hand on the service's own message.",
    needs: ['private', 'processes'],
    skip: ({ cases }) =>
      cases.breakConfiguration === undefined
        ? '"breakConfiguration" in the cases does not say how to break it'
        : undefined,
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      await trial.reach('stopped');
      const { code, output } = await trial.place.sh(trial.subject.cases.breakConfiguration ?? '');
      if (code !== 0) {
        trial.skip(`The command that breaks its configuration failed with ${code}: ${output.trim()}`);
      }
      const when = 'with a broken configuration';
      const start = await trial.expect('start', { rc: REFUSED, when });
      expectReason(trial, start, when);
      expectSoon(trial, start, SOON.brokenConfiguration);
      await expectStop(watch, when);
    },
  },
  {
    id: 'FAIL-08',
    class: 'ocf',
    level: 'should',
    title: 'start fails well before its timeout when somebody else has its port',
    why: 'Two services with one port are an everyday mistake, and orphans of a crash have the same effect. A start that only times out hides it.',
    source: 'OCF 1.1, start: returns when the service is usable, or has failed',
    remedy: 'Look at the exit status of what start launches, and give up when the process is gone.',
    needs: ['private', 'processes', 'traces'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      const ports = await portsOf(watch);
      if (ports.length === 0) {
        trial.skip('It listens on no port');
      }
      await watch.clear();
      const stranger = await watch.bystander(['a-stranger', '--with-its-port'], ports[0]);
      const when = `while somebody else listens on port ${ports[0]}`;
      const start = await trial.expect('start', { rc: [0, ...REFUSED], when });
      if (start.rc === 0) {
        const monitor = await trial.expect('monitor', { rc: UP, when: `after a start that gave 0 ${when}` });
        if (UP.includes(monitor.rc)) {
          trial.note(`It starts ${when}`);
        }
      } else {
        expectSoon(trial, start, SOON.takenPort);
      }
      await expectStop(watch, when);
      if (!(await watch.survives(stranger))) {
        trial.fail({ expected: 'who has the port to be left alone', seen: 'its end' }, start);
      }
    },
  },
  {
    id: 'FAIL-10',
    class: 'ocf',
    level: 'should',
    title:
      'with a full disk below /run and /var/log monitor tells the truth, stop gives 0, start works or fails with a reason',
    why: 'Logs fill disks. A service that still works must not be stopped over it, and above all it must be possible to stop it: else the node is fenced, and the next one has a full disk soon.',
    source: 'OCF 1.1, monitor and stop',
    remedy:
      'Write nothing in monitor and stop, or go on when it fails; let start say what it could not write.',
    needs: ['private', 'processes'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      await watch.start();
      for (const directory of FULL_DIRECTORIES) {
        await trial.place.fill(directory);
      }
      const when = 'with a full disk';
      await trial.expect('monitor', { rc: UP, when: `of a running service ${when}` });
      await expectStop(watch, when);
      await trial.expect('monitor', { rc: [7], when: `after stop ${when}` }, { intervalMs: 0 });
      const start = await expectUpOrReason(trial, when);
      if (start.rc === 0) {
        await trial.expect('monitor', { rc: UP, when: `after a start that gave 0 ${when}` });
      }
      await expectStop(watch, `after a start ${when}`);
      await trial.place.restore();
    },
  },
];

/** Judges how long a start took that could not succeed; one that timed out is judged already. */
function expectSoon(trial: Trial, start: Run, part: number): void {
  const limitMs = declaredTimeoutMs(trial.subject, 'start') * part;
  if (start.end.kind === 'exited' && start.ms > limitMs) {
    trial.fail(
      { expected: `start to fail within ${limitMs} ms`, seen: `its end after ${start.ms} ms` },
      start,
    );
  }
}
