import type { Check } from '../../check.ts';
import { describeProcesses, isSame, ServiceWatch } from '../../service-watch.ts';
import type { Trial } from '../../trial.ts';
import { missingAfter } from '../ocf/actions/same-processes.ts';
import {
  expectState,
  expectWorks,
  fromStopped,
  OK,
  STOPPED,
  started,
  startedService,
} from './expectations.ts';

/** How long a script that has returned too early may take until its status is right, in ms; that it did is for LSB-07. */
const SETTLE_LIMIT_MS = 5000;
const SOURCE =
  'LSB 5.0, 22.2 Init Script Actions; the steps that Pacemaker Explained asks for, appendix LSB compliance';

/** The six steps that Pacemaker documents, and what they leave open. */
export const STATE_CHECKS: readonly Check[] = [
  {
    id: 'LSB-01',
    class: 'lsb',
    level: 'must',
    title: 'start of a stopped service gives 0, and it works',
    why: 'Anything else is a failed start: the cluster stops it again and tries the next node.',
    source: SOURCE,
    remedy: 'Give 0 from start when the service runs, and its reason on standard error when it does not.',
    needs: [],
    async run(trial) {
      await trial.run('stop');
      const start = await trial.expect('start', { rc: OK, when: 'of a stopped service' });
      if (start.rc === 0) {
        await expectWorks(trial, 'after start');
      }
    },
  },
  {
    id: 'LSB-02',
    class: 'lsb',
    level: 'must',
    title: 'status of a running service gives 0',
    why: 'The cluster calls status as its monitor. Any other code is a failure, and the service is restarted for ever.',
    source: SOURCE,
    remedy: 'Give 0 from status while the service runs.',
    needs: [],
    async run(trial) {
      await started(trial);
      await trial.until(async () => (await trial.run('status')).rc === 0, SETTLE_LIMIT_MS);
      await trial.expect('status', { rc: OK, when: 'of a running service' });
    },
  },
  {
    id: 'LSB-03',
    class: 'lsb',
    level: 'must',
    title: 'start of a running service gives 0 and leaves it as it is',
    why: 'A cluster may start what runs: after a lost answer, or when somebody has started it by hand. A second service damages data.',
    source: SOURCE,
    remedy: 'Look in start first whether it runs, as status does, and give 0 then.',
    needs: [],
    run: startTwice,
  },
  {
    id: 'LSB-04',
    class: 'lsb',
    level: 'must',
    title: 'stop of a running service gives 0, and nothing of it is left',
    why: 'As soon as stop has given 0 the service is started elsewhere. What still runs then runs twice.',
    source: SOURCE,
    remedy: 'Wait in stop until the service has ended, by force where it takes too long.',
    needs: [],
    async run(trial) {
      const watch = trial.place.abilities.has('processes') ? await ServiceWatch.begin(trial) : undefined;
      await started(trial);
      const stop = await trial.expect('stop', { rc: OK, when: 'of a running service' });
      if (stop.rc === 0) {
        await watch?.expectNone('after stop', stop);
      }
    },
  },
  {
    id: 'LSB-05',
    class: 'lsb',
    level: 'must',
    title: 'status of a stopped service gives 3',
    why: 'A probe that gives 0 keeps the service from being started, or makes it look active twice; 1 and 2 mean that it has died, 4 and above are errors.',
    source: SOURCE,
    remedy: 'Give 3 from status where nothing runs, and have stop take the PID file away.',
    needs: ['answers'],
    async run(trial) {
      await fromStopped(trial);
      await trial.expect('status', { rc: STOPPED, when: 'of a stopped service' });
      const start = await trial.run('start');
      if (start.rc === 0 && (await trial.run('stop')).rc === 0) {
        await trial.expect('status', { rc: STOPPED, when: 'after start and stop' });
      }
    },
  },
  {
    id: 'LSB-06',
    class: 'lsb',
    level: 'must',
    title: 'stop of a stopped service gives 0',
    why: 'A cluster stops what may be stopped already. Anything but 0 is a failed stop, and the node is fenced.',
    source: SOURCE,
    remedy: 'Give 0 in stop where nothing runs; start-stop-daemon wants --oknodo.',
    needs: [],
    async run(trial) {
      await trial.expect('stop', { rc: OK, when: 'of what was never started' });
      await trial.expect('stop', { rc: OK, when: 'once more' });
      if ((await trial.run('start')).rc === 0) {
        await trial.run('stop');
        await trial.expect('stop', { rc: OK, when: 'of a service that was stopped' });
      }
    },
  },
  {
    id: 'LSB-07',
    class: 'lsb',
    level: 'must',
    title: 'start that gives 0 has the service running: status gives 0 at once',
    why: 'What depends on the service is started as soon as start has given 0, and the first monitor may follow at once. A start that does nothing because /etc/default says so is taken for a failure of the service, again and again.',
    source: 'LSB 5.0, 22.2; seen with rsync, nfs-kernel-server and nfs-common of Debian 12',
    remedy:
      'Wait in start until status would give 0. Give an error, 6, where the configuration keeps it from being started.',
    needs: [],
    async run(trial) {
      await started(trial);
      await expectState(trial, 'running', 'right after start');
    },
  },
  {
    id: 'LSB-08',
    class: 'lsb',
    level: 'should',
    title: 'status of a service whose processes were killed does not give 0',
    why: 'The cluster finds a crash by status alone. One that only looks for a PID file never finds it.',
    source: 'LSB 5.0, 22.2: 1 is dead with a PID file, 2 dead with a lock file, 3 not running, 4 unknown',
    remedy: 'Look in status for the process that the PID file names: pidofproc and status_of_proc do.',
    needs: ['processes', 'answers'],
    async run(trial) {
      const { watch } = await startedService(trial);
      await watch.crash();
      const status = await trial.expect('status', { rc: [1, 2, 3, 4], when: 'of a crashed service' });
      await trial.expect('stop', { rc: OK, when: 'of a crashed service' });
      if (status.rc === 4) {
        trial.note(
          '4 (unknown) is an error for a cluster: it stops and starts the service, as after a crash',
        );
      }
    },
  },
];

async function startTwice(trial: Trial): Promise<void> {
  if (!trial.place.abilities.has('processes')) {
    await started(trial);
    await trial.expect('start', { rc: OK, when: 'of a running service' });
    await expectState(trial, 'running', 'after a second start');
    return;
  }
  await fromStopped(trial);
  const watch = await ServiceWatch.begin(trial);
  await trial.run('start');
  const before = await watch.look();
  const second = await trial.expect('start', { rc: OK, when: 'of a running service' });
  await expectState(trial, 'running', 'after a second start');
  let added = before.mains;
  await trial.until(async () => {
    const { mains } = await watch.look();
    added = mains.filter((process) => !before.all.some((old) => isSame(old, process)));
    return added.length === 0;
  }, SETTLE_LIMIT_MS);
  if (added.length > 0 && before.mains.length > 0) {
    const expected = 'a second start to start nothing';
    trial.fail({ expected, seen: describeProcesses(added) }, second);
    return;
  }
  const missing = await missingAfter(watch, before.mains);
  if (missing.length > 0) {
    const expected = 'a second start to leave its processes as they are';
    trial.fail({ expected, seen: `an end of ${describeProcesses(missing)}` }, second);
  }
}
