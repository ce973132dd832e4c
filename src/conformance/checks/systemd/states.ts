import type { Check } from '../../check.ts';
import type { Run } from '../../run.ts';
import type { Trial } from '../../trial.ts';
import { describeEnd } from '../../words.ts';
import { describe, fromStopped, OK, STOPPED, started, type Unit } from './unit.ts';

/** A unit that is active with its start and not a moment later is not active. */
const LATER_MS = 1000;
/** Between two monitors of a cluster, as people usually set it, in ms. */
const MONITOR_MS = 10_000;
/** What its end or another state may take after an action has ended, in ms. */
const SETTLE_LIMIT_MS = 3000;
/** How often a cluster brings a crashed service back: twice is no exception. */
const RECOVERIES = 2;
/** States that last. */
const LASTING: ReadonlySet<string> = new Set(['active', 'inactive', 'failed']);

/** What a unit does when a cluster starts, watches, stops and mends it. */
export const STATE_CHECKS: readonly Check[] = [
  {
    id: 'SD-02',
    class: 'systemd',
    level: 'must',
    title: 'start succeeds, and the unit is active at once and a second later',
    why: 'A cluster takes the end of the job for the start of the service, and monitors from then on. A unit that is not active is a failure.',
    source: 'Pacemaker, class systemd: StartUnit and JobRemoved; org.freedesktop.systemd1(5)',
    remedy:
      'Use Type=notify, dbus, exec or forking, so that the job ends when the service is ready; RemainAfterExit=yes for a unit that runs once.',
    needs: [],
    run: startIt,
  },
  {
    id: 'SD-03',
    class: 'systemd',
    level: 'must',
    title: 'stop succeeds, once and again, the unit is inactive, and no process is left',
    why: 'As soon as stop has succeeded the service is started elsewhere. What still runs then runs twice; a stop that fails gets the node fenced.',
    source: 'Pacemaker, class systemd: StopUnit; systemd.kill(5)',
    remedy: 'Let systemd end all processes: KillMode=control-group or mixed, and an ExecStop that waits.',
    needs: [],
    run: stopIt,
  },
  {
    id: 'SD-04',
    class: 'systemd',
    level: 'must',
    title: 'a unit whose main process was killed is not active, and systemd does not start it again',
    why: 'The cluster finds a crash by the state alone, and it decides where the service goes on: for that its drop-in says Restart=no.',
    source: 'Pacemaker, class systemd: the drop-in 50-pacemaker.conf; systemd.service(5), Restart=',
    remedy:
      'Have systemd know the main process (Type=notify, or PIDFile=). Take Restart= out of drop-ins whose names sort behind 50-pacemaker.conf.',
    needs: ['processes'],
    run: crashIt,
  },
  {
    id: 'SD-08',
    class: 'systemd',
    level: 'should',
    title: `a unit that has failed starts again, ${RECOVERIES} times in a row`,
    why: 'A cluster mends a crash by stop and start at once. What a killed service has left, or a limit of starts, must not stand in its way: it would go to another node, or nowhere.',
    source:
      'systemd.unit(5), StartLimitBurst=; seen: systemd 252 forgets its count with the reload that the drop-in of a cluster brings',
    remedy:
      'Clean up in ExecStopPost=, which is run after a crash, too, and not in ExecStop=; leave StartLimitBurst= at 5 or more.',
    needs: ['processes'],
    run: mendIt,
  },
  {
    id: 'SD-10',
    class: 'systemd',
    level: 'should',
    title: 'reload, where there is one, keeps it active, and no action leaves it between two states',
    why: 'A unit that is activating, deactivating or reloading is neither running nor stopped to a monitor: the cluster waits until the timeout.',
    source: 'systemd.service(5), ExecReload=; Pacemaker, class systemd: pending states',
    remedy:
      'Let ExecReload= come back when the new configuration is in use, and not end the service; with Type=notify-reload send READY=1.',
    needs: ['processes'],
    run: reloadIt,
  },
];

async function startIt(trial: Trial): Promise<void> {
  await fromStopped(trial);
  const start = await trial.expect('start', { rc: OK, when: 'of a stopped unit' });
  if (start.rc !== 0) {
    return;
  }
  if (await trial.expect('monitor', { rc: OK, when: 'right after start' }).then(isOk)) {
    await trial.sleep(LATER_MS);
    await trial.expect('monitor', { rc: OK, when: 'a second after start' });
  }
  const { works } = trial.subject.cases;
  if (works !== undefined && trial.place.abilities.has('processes')) {
    const { code, output } = await trial.place.sh(works);
    if (code !== 0) {
      const expected = '"works" of the cases to succeed after start';
      trial.fail({ expected, seen: `${code}: ${output.trim().slice(-500)}` }, start);
    }
  }
}

async function stopIt(trial: Trial): Promise<void> {
  const unit = await started(trial);
  const isSeen = trial.place.abilities.has('processes');
  const group = isSeen ? (await unit.show('ControlGroup')).ControlGroup : '';
  const stop = await trial.expect('stop', { rc: OK, when: 'of an active unit' });
  await trial.expect('monitor', { rc: STOPPED, when: 'right after stop' });
  let left: readonly string[] = [];
  await trial.until(async () => {
    left = await unit.processesIn(group);
    return left.length === 0;
  }, SETTLE_LIMIT_MS);
  if (left.length > 0) {
    trial.fail({ expected: 'no process of it after stop', seen: describe(left) }, stop);
  }
  await trial.expect('stop', { rc: OK, when: 'of a stopped unit' });
}

async function crashIt(trial: Trial): Promise<void> {
  const unit = await fromStopped(trial);
  const { Restart: own } = await unit.show('Restart');
  const start = await trial.run('start');
  if (start.rc !== 0) {
    trial.skip(`It does not start: start gave ${describeEnd(start)}`);
  }
  const { Restart: held, DropInPaths } = await unit.show('Restart', 'DropInPaths');
  trial.note(`The unit's own Restart= is ${own === '' ? 'not known' : own}`);
  if (held !== '' && held !== 'no') {
    const expected = "Restart=no, as the cluster's drop-in says it, while the cluster runs it";
    trial.fail({ expected, seen: `Restart=${held}; there are ${DropInPaths}` }, start);
  }
  await unit.crash();
  let last: Run | undefined;
  const isFound = await trial.until(async () => {
    last = await trial.run('monitor');
    return last.rc !== 0;
  }, MONITOR_MS);
  if (!isFound && last !== undefined) {
    const expected = `monitor to find a crash within ${MONITOR_MS} ms`;
    trial.fail({ expected, seen: describeEnd(last) }, last);
  }
}

async function mendIt(trial: Trial): Promise<void> {
  const unit = await started(trial);
  for (let time = 1; time <= RECOVERIES; time += 1) {
    await unit.crash();
    const isFound = await trial.until(
      async () => (await trial.run('monitor')).rc === STOPPED[0],
      SETTLE_LIMIT_MS,
    );
    if (!isFound) {
      trial.skip('It is not down after a crash, which is for SD-04 to tell');
    }
    await trial.expect('stop', { rc: OK, when: 'of a unit that has failed' });
    const start = await trial.run('start');
    if (!trial.judge(start, { rc: OK, when: `after ${time === 1 ? 'a crash' : `crash ${time}`}` })) {
      return;
    }
    await trial.expect('monitor', { rc: OK, when: 'after that start' });
  }
}

async function reloadIt(trial: Trial): Promise<void> {
  const unit = await started(trial);
  await expectLasting(unit, trial, 'start');
  const { CanReload, MainPID } = await unit.show('CanReload', 'MainPID');
  if (CanReload === 'yes') {
    const reload = await trial.expect('reload', { rc: OK, when: 'of an active unit' });
    await expectLasting(unit, trial, 'reload');
    await trial.sleep(LATER_MS);
    await trial.expect('monitor', { rc: OK, when: 'after reload' });
    const after = await unit.show('MainPID');
    if (after.MainPID !== MainPID) {
      trial.note(
        `Reload changed the main process from ${MainPID} to ${after.MainPID} (run ${reload.number})`,
      );
    }
  } else {
    trial.note('It has no reload');
  }
  await trial.run('stop');
  await expectLasting(unit, trial, 'stop');
}

async function expectLasting(unit: Unit, trial: Trial, action: string): Promise<void> {
  let state = '';
  const ends = await trial.until(async () => {
    state = (await unit.show('ActiveState')).ActiveState;
    return LASTING.has(state);
  }, SETTLE_LIMIT_MS);
  if (!ends) {
    trial.fail({ expected: `a state that lasts after ${action}`, seen: state });
  }
}

const isOk = ({ rc }: Run): boolean => rc === 0;
