import type { Check } from '../../check.ts';
import type { Run } from '../../run.ts';
import { describeProcesses, isSame } from '../../service-watch.ts';
import type { Trial } from '../../trial.ts';
import { describeEnd } from '../../words.ts';
import { expectState, fromStopped, OK, started, startedService } from './expectations.ts';

const SOURCE = 'LSB 5.0, 22.2 Init Script Actions';
/** reload is the one action that a script may leave out. */
const RELOADED: readonly number[] = [0, 3];

/** Actions beside those that a cluster calls. */
export const FURTHER_CHECKS: readonly Check[] = [
  {
    id: 'LSB-09',
    class: 'lsb',
    level: 'should',
    title: 'restart gives 0 and has the service running, whether it ran or not',
    why: 'People and package scripts restart services by hand. One that is down afterwards is a failure that the cluster has to mend.',
    source: SOURCE,
    remedy: 'Let restart stop whatever is there, and then start.',
    needs: [],
    async run(trial) {
      await started(trial);
      await trial.expect('restart', { rc: OK, when: 'of a running service' });
      await expectState(trial, 'running', 'after restart');
      await fromStopped(trial);
      await trial.expect('restart', { rc: OK, when: 'of a stopped service' });
      await expectState(trial, 'running', 'after restart of a stopped service');
    },
  },
  {
    id: 'LSB-10',
    class: 'lsb',
    level: 'should',
    title: 'try-restart gives 0, and starts nothing that was stopped',
    why: 'Package updates call it on every node. Where it is not known the update fails or nothing is restarted; where it starts a stopped service that runs twice.',
    source: `${SOURCE}; no one of twelve scripts of Debian 12 knows it`,
    remedy: 'Restart in try-restart only what status calls running, and give 0 otherwise, too.',
    needs: [],
    async run(trial) {
      await started(trial);
      await trial.expect('try-restart', { rc: OK, when: 'of a running service' });
      await expectState(trial, 'running', 'after try-restart');
      await fromStopped(trial);
      await trial.expect('try-restart', { rc: OK, when: 'of a stopped service' });
      const status = await trial.run('status');
      if (status.rc === 0) {
        const expected = 'a stopped service to be stopped after try-restart';
        trial.fail({ expected, seen: 'status gives 0' }, status);
      }
    },
  },
  {
    id: 'LSB-11',
    class: 'lsb',
    level: 'should',
    title: 'force-reload gives 0, reload 0 or 3, and the service runs on',
    why: 'Tools that change the configuration call them, log rotation among these. A service that is down afterwards is a failure.',
    source: SOURCE,
    remedy: 'Make force-reload a restart where the service can not reload; give 3 from reload then.',
    needs: [],
    async run(trial) {
      await started(trial);
      await trial.expect('force-reload', { rc: OK, when: 'of a running service' });
      await expectState(trial, 'running', 'after force-reload');
      await trial.expect('reload', { rc: RELOADED, when: 'of a running service' });
      await expectState(trial, 'running', 'after reload');
    },
  },
  {
    id: 'LSB-13',
    class: 'lsb',
    level: 'should',
    title: 'two starts at once make one service, and ten of status at once all give 0',
    why: 'A start whose answer was lost may still run when the next one comes, and people look at a service while the cluster does.',
    source:
      'LSB 5.0, 22.2: start of a running service; seen: a PID file is read before the other start has written it',
    remedy: 'Take a lock in start, flock(1) does, before it is looked whether the service runs.',
    needs: ['processes'],
    run: startAtOnce,
  },
];

const STATUSES = 10;
/** Within this the one that came too late has ended, in ms. */
const SETTLE_LIMIT_MS = 5000;

async function startAtOnce(trial: Trial): Promise<void> {
  const { watch, service: one } = await startedService(trial);
  const all = await Promise.all(Array.from({ length: STATUSES }, () => trial.run('status')));
  const wrong = all.filter(({ rc }) => rc !== 0);
  if (wrong.length > 0) {
    const expected = `${STATUSES} of status at once to give 0`;
    trial.fail({ expected, seen: `${describeEnd(wrong[0] as Run)} of ${wrong.length}` }, ...wrong);
  }
  await watch.clear();
  const starts = await Promise.all([trial.run('start'), trial.run('start')]);
  if (starts.every(({ rc }) => rc !== 0)) {
    trial.fail({ expected: 'one of two starts at once to give 0', seen: 'that both failed' }, ...starts);
  }
  let now = await watch.look();
  await trial.until(async () => {
    now = await watch.look();
    return now.mains.length <= one.mains.length;
  }, SETTLE_LIMIT_MS);
  if (now.mains.length > one.mains.length) {
    const expected = `${one.mains.length} processes after two starts at once, as after one`;
    trial.fail({ expected, seen: `${now.mains.length}: ${describeProcesses(now.mains)}` }, ...starts);
  }
  const stop = await trial.run('stop');
  const left = await watch.remains();
  const known = left.filter((process) => now.all.some((seen) => isSame(seen, process)));
  if (stop.rc === 0 && known.length > 0) {
    const expected = 'stop to end what two starts at once have brought up';
    trial.fail({ expected, seen: describeProcesses(known) }, ...starts, stop);
  }
}
