import type { Check } from '../../../check.ts';
import { describeProcesses, isSame, ServiceWatch } from '../../../service-watch.ts';
import type { Trial } from '../../../trial.ts';
import { expectStop, expectUp, OK } from '../expectations.ts';
import { STOPPED, UNPROMOTED } from '../roles.ts';
import { missingAfter } from './same-processes.ts';

/** Monitors in a row of ACT-06; half of them are probes. */
const MONITORS = 10;
/** Cycles of ACT-08. */
const CYCLES = 3;
/** So long a process of a second start may take to see that it is one too many, in ms. */
const SECOND_LIMIT_MS = 3000;

/** Start, stop and monitor: each says what is, and does no more than it should. */
export const STATE_CHECKS: readonly Check[] = [
  {
    id: 'ACT-01',
    class: 'ocf',
    level: 'must',
    title: 'monitor and probe of a stopped resource give 7, and do not start it',
    why: 'Before a cluster starts a resource it probes all nodes. A probe that gives 0 keeps it from being started, or makes it look active twice; one that gives an error has it stopped first, and the node fenced if that fails.',
    source: 'OCF 1.1, monitor: 7 is cleanly stopped; Pacemaker: interval 0 is a probe',
    remedy:
      'Give 7 where nothing of the resource is there, with any interval, and change nothing in monitor.',
    needs: [],
    run: monitorStopped,
  },
  {
    id: 'ACT-03',
    class: 'ocf',
    level: 'must',
    title: 'stop of a stopped resource gives 0',
    why: 'A cluster stops what may be stopped already: after a failed probe or start, and after a lost answer. Anything but 0 is a failed stop, and the node is fenced.',
    source: 'OCF 1.1, stop: succeeds if already stopped',
    remedy: 'Give 0 in stop where nothing is left to be stopped; 7 is an answer of monitor.',
    needs: [],
    async run(trial) {
      await trial.expect('stop', { rc: OK, when: 'of what was never started' });
      await trial.expect('stop', { rc: OK, when: 'once more' });
      const start = await trial.run('start');
      if (start.rc !== 0) {
        trial.note('It does not start, so that only the stop of what was never started could be seen');
        return;
      }
      await trial.expect('stop', { rc: OK, when: 'of a started resource' });
      await trial.expect('stop', { rc: OK, when: 'of a stopped resource' });
    },
  },
  {
    id: 'ACT-04',
    class: 'ocf',
    level: 'must',
    title: 'start gives 0, and monitor gives 0 at once',
    why: 'What depends on the resource is started as soon as start has given 0, and the first monitor may follow at once. If it fails the resource is stopped again, and after some rounds banned from the node.',
    source: 'OCF 1.1, start: returns when usable, or failed; in the unpromoted role',
    remedy: 'Wait in start until monitor would give 0. Do not promote in start.',
    needs: [],
    async run(trial) {
      await trial.reach('stopped');
      const start = await trial.expect('start', { rc: OK, when: 'of a stopped resource' });
      if (start.rc === 0) {
        const monitor = await trial.run('monitor');
        trial.judge(monitor, { rc: UNPROMOTED, when: 'right after start' });
        await judgeWorks(trial);
      }
    },
  },
  {
    id: 'ACT-05',
    class: 'ocf',
    level: 'must',
    title: 'start of a running resource gives 0 and leaves it as it is',
    why: 'A cluster may start what runs: after a lost answer, or when somebody has started it by hand. An error is recovered by a restart; a second service damages data.',
    source: 'OCF 1.1, start: succeeds if already running',
    remedy: 'Look in start first whether it runs, as monitor does, and give 0 then.',
    needs: [],
    run: startTwice,
  },
  {
    id: 'ACT-06',
    class: 'ocf',
    level: 'must',
    title: 'monitor and probe of a running resource give 0, ten times in a row',
    why: 'A single monitor that fails without cause is a restart of the service.',
    source: 'OCF 1.1, monitor: 0 is running; the service stays available',
    remedy: 'Let nothing in monitor depend on what an earlier one has left, or on being the first.',
    needs: [],
    async run(trial) {
      await trial.reach('started');
      for (let index = 0; index < MONITORS; index += 1) {
        const expectation = { rc: UNPROMOTED, when: `number ${index + 1} of a running resource` };
        await trial.expect('monitor', expectation, index % 2 === 0 ? {} : { intervalMs: 0 });
      }
    },
  },
  {
    id: 'ACT-07',
    class: 'ocf',
    level: 'must',
    title: 'stop gives 0, and monitor gives 7 at once',
    why: 'As soon as stop has given 0 the resource is started elsewhere. What still runs then runs twice.',
    source: 'OCF 1.1, stop: returns when nothing is left active',
    remedy: 'Wait in stop until the service has ended, by force where it takes too long.',
    needs: [],
    async run(trial) {
      await trial.reach('started');
      await trial.expect('stop', { rc: OK, when: 'of a running resource' });
      await trial.expect('monitor', { rc: STOPPED, when: 'right after stop' });
      await trial.expect('monitor', { rc: STOPPED, when: 'after stop' }, { intervalMs: 0 });
    },
  },
  {
    id: 'ACT-08',
    class: 'ocf',
    level: 'must',
    title: 'start and stop work three times in a row',
    why: 'Every recovery is a stop and a start. What stop leaves must not keep start from working.',
    source: 'OCF 1.1, start and stop',
    remedy:
      'Take away in stop, or in start, what the service leaves: sockets, locks, PID files, shared memory.',
    needs: [],
    async run(trial) {
      await trial.reach('stopped');
      for (let cycle = 1; cycle <= CYCLES; cycle += 1) {
        await trial.expect('start', { rc: OK, when: `number ${cycle}` });
        await trial.expect('monitor', { rc: UNPROMOTED, when: `after start number ${cycle}` });
        await trial.expect('stop', { rc: OK, when: `number ${cycle}` });
        await trial.expect('monitor', { rc: STOPPED, when: `after stop number ${cycle}` });
      }
    },
  },
  {
    id: 'ACT-09',
    class: 'ocf',
    level: 'must',
    title: 'stop of a half-dead resource gives 0, monitor then gives 7, and it starts again',
    why: 'A cluster stops a resource because something of it has failed. If that is when stop fails, too, every crash ends in fencing.',
    source: 'OCF 1.1, stop; Pacemaker recovers a failed resource by stop and start',
    remedy: 'Do not rely in stop on a service that answers, or on a PID file that is right.',
    needs: ['processes'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      watch.requireCrash((await watch.start()).all);
      await watch.crash();
      await expectStop(watch, 'of a crashed service');
      await trial.expect('monitor', { rc: STOPPED, when: 'after stop of a crashed service' });
      await expectUp(trial, 'after stop of a crashed service');
    },
  },
];

/** Nothing is brought to a state first: an agent that always gives 0 could not be. */
async function monitorStopped(trial: Trial): Promise<void> {
  const watch = trial.place.abilities.has('processes') ? await ServiceWatch.begin(trial) : undefined;
  const first = await trial.run('monitor', { intervalMs: 0 });
  if (!STOPPED.includes(first.rc)) {
    // Something may be there that nobody has started here, such as a mount.
    await trial.run('stop');
  }
  for (const when of ['of a stopped resource', 'of a stopped resource once more']) {
    const probe = await trial.expect('monitor', { rc: STOPPED, when: `(probe) ${when}` }, { intervalMs: 0 });
    const monitor = await trial.expect('monitor', { rc: STOPPED, when });
    const left = (await watch?.remains()) ?? [];
    if (left.length > 0) {
      const expected = 'monitor to leave no process behind of a stopped resource';
      trial.fail({ expected, seen: describeProcesses(left) }, probe, monitor);
    }
  }
}

async function startTwice(trial: Trial): Promise<void> {
  if (!trial.place.abilities.has('processes')) {
    await trial.reach('started');
    await trial.expect('start', { rc: OK, when: 'of a running resource' });
    await trial.expect('monitor', { rc: UNPROMOTED, when: 'after a second start' });
    return;
  }
  const watch = await ServiceWatch.begin(trial);
  const before = await watch.start();
  const second = await trial.expect('start', { rc: OK, when: 'of a running resource' });
  const monitor = await trial.expect('monitor', { rc: UNPROMOTED, when: 'after a second start' });
  let added = before.mains;
  await trial.until(async () => {
    const { mains } = await watch.look();
    added = mains.filter((process) => !before.all.some((old) => isSame(old, process)));
    return added.length === 0;
  }, SECOND_LIMIT_MS);
  const missing = await missingAfter(watch, before.mains);
  if (missing.length > 0) {
    const expected = 'a second start to leave its processes as they are';
    trial.fail({ expected, seen: `an end of ${describeProcesses(missing)}` }, second, monitor);
  } else if (added.length > 0) {
    const expected = 'a second start to start nothing';
    trial.fail({ expected, seen: `${describeProcesses(added)} beside the first` }, second, monitor);
  }
}

/** What the author of the agent calls working must be so as soon as start says so. */
async function judgeWorks(trial: Trial): Promise<void> {
  const { works } = trial.subject.cases;
  if (works === undefined || !trial.place.abilities.has('processes')) {
    return;
  }
  const { code, output } = await trial.place.sh(works);
  if (code !== 0) {
    const expected = '"works" of the cases to succeed right after start';
    trial.fail({ expected, seen: `${code}: ${output.trim().slice(-500)}` });
  }
}
