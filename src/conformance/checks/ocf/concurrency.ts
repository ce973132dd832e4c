import type { Check } from '../../check.ts';
import type { SeenProcess } from '../../place.ts';
import type { Run } from '../../run.ts';
import { describeProcesses, type Service, ServiceWatch } from '../../service-watch.ts';
import type { Subject } from '../../subject.ts';
import type { Trial } from '../../trial.ts';
import { expectStop, OK, UP } from './expectations.ts';
import { STATE_FILE_CHECKS } from './state-files.ts';

/** How often CONC-02 tries to hit the moment at which two starts collide. */
const ROUNDS = 3;
const MONITORS_AT_ONCE = 10;
/** Between monitors beside another action. */
const PAUSE_MS = 20;
/** For starts that come second to go away again. */
const SETTLE_LIMIT_MS = 3000;
const OTHER = { instance: 1 };
const PROBE = { intervalMs: 0 };
const BESIDE = 'of a second instance while the first runs';

/** Agents are not alone: others of their kind, themselves a second time, and processes that only look like theirs. */
export const CONCURRENCY_CHECKS: readonly Check[] = [
  {
    id: 'CONC-01',
    class: 'ocf',
    level: 'must',
    title: 'two instances run side by side, and stop of one leaves the other running',
    why: 'A cluster runs as many instances of an agent on a node as are configured. One that takes the other for itself is never started, or is stopped with it.',
    source: 'OCF 1.1: several instances of one type may run at once; unique-group',
    remedy:
      'Put the name of the resource, or its unique parameters, into every file and name that the agent uses.',
    needs: [],
    skip: reasonAgainstTwo,
    async run(trial) {
      await trial.reach('started');
      await trial.expect('monitor', { rc: [7], when: BESIDE }, { ...OTHER, ...PROBE });
      await trial.expect('start', { rc: OK, when: BESIDE }, OTHER);
      await trial.expect('monitor', { rc: UP, when: BESIDE }, OTHER);
      await trial.expect('monitor', { rc: UP, when: 'of the first while the second runs' });
      await trial.expect('stop', { rc: OK, when: BESIDE }, OTHER);
      await trial.expect(
        'monitor',
        { rc: [7], when: 'of the second after its stop' },
        { ...OTHER, ...PROBE },
      );
      await trial.expect('monitor', { rc: UP, when: 'of the first after stop of the second' });
    },
  },
  {
    id: 'CONC-02',
    class: 'ocf',
    level: 'should',
    title: 'two starts at once bring up one service, and one of them at least gives 0',
    why: 'A start that timed out for the cluster may still be at work when the next one comes, and people start by hand. Two services on the same data destroy it.',
    source: 'OCF 1.1: actions are idempotent; seen with agents that look, wait, and then start',
    remedy: 'Take a lock around look and start: flock, or mkdir, whose success tells who was first.',
    needs: ['processes'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      const alone = await watch.start();
      watch.requireProcesses(alone.all);
      for (let round = 0; round < ROUNDS; round += 1) {
        await watch.clear();
        if (!(await startTwice(watch, alone))) {
          break;
        }
      }
    },
  },
  {
    id: 'CONC-03',
    class: 'ocf',
    level: 'should',
    title: 'monitors at the same time as start and stop do no harm, and ten at once all see it running',
    why: 'Several monitors with different intervals, a probe from a clean-up and somebody on a terminal meet all the time.',
    source:
      'OCF 1.1, monitor: the service stays available; Pacemaker runs monitors of one resource side by side',
    remedy:
      'Let monitor change nothing: no file that another one removes, no restart, no fixed name of a temporary file.',
    needs: ['processes'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      await trial.reach('stopped');
      await withMonitors(trial, 'start');
      await trial.expect('monitor', { rc: UP, when: 'after a start beside monitors' });
      const monitors = Array.from({ length: MONITORS_AT_ONCE }, () => trial.run('monitor'));
      for (const monitor of await Promise.all(monitors)) {
        trial.judge(monitor, { rc: UP, when: `of a running resource, ${MONITORS_AT_ONCE} at once` });
      }
      const stop = await withMonitors(trial, 'stop');
      await watch.expectNone('after a stop beside monitors', stop);
      await trial.expect('monitor', { rc: [7], when: 'after a stop beside monitors' }, PROBE);
    },
  },
  {
    id: 'CONC-04',
    class: 'ocf',
    level: 'must',
    title:
      "a process whose command line only looks like the service's survives stop, and is not taken for it",
    why: 'Somebody edits the configuration or reads a log with a command line that holds the same words. An agent that goes by pgrep -f kills the editor, or believes that a dead service runs.',
    source: 'OCF 1.1, stop; seen with heartbeat:apache, whose stop ends it',
    remedy:
      'Go by the PID file and /proc/PID/exe, or by a process group or cgroup of your own; never by a pattern over all command lines.',
    needs: ['processes'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      const { mains } = await watch.start();
      const values = Object.values(trial.subject.cases.instances[0]?.parameters ?? {});
      const words = mains[0]?.command.split(' ').filter((word) => word !== '') ?? values;
      if (words.length === 0) {
        trial.skip('It has no processes and no parameters to look like');
      }
      const stranger = await watch.bystander(['an-editor-of', ...words]);
      const when = `beside a process with the words ${words.join(' ')}`;
      const stop = await trial.expect('stop', { rc: OK, when });
      if (!(await watch.survives(stranger))) {
        trial.fail({ expected: 'a process of somebody else to be left alone', seen: 'its end' }, stop);
      }
      await watch.expectNone(`after stop ${when}`, stop);
      await trial.expect('monitor', { rc: [7], when: `after stop ${when}` }, PROBE);
    },
  },
  ...STATE_FILE_CHECKS,
];

/** Two instances that differ in what must be unique. */
function reasonAgainstTwo({ cases, metadata }: Subject): string | undefined {
  const [first, second] = cases.instances;
  if (first === undefined || second === undefined) {
    return 'Needs two instances in the cases';
  }
  const given = (metadata?.parameters ?? [])
    .filter(({ isUnique, uniqueGroup }) => isUnique || uniqueGroup !== undefined)
    .map(({ name }) => name)
    .filter((name) => first.parameters[name] !== undefined || second.parameters[name] !== undefined);
  const isSameInAll = given.every((name) => first.parameters[name] === second.parameters[name]);
  return given.length > 0 && isSameInAll
    ? `Both instances in the cases have the same ${given.join(', ')}`
    : undefined;
}

/** @returns whether all was well */
async function startTwice(watch: ServiceWatch, alone: Service): Promise<boolean> {
  const { trial } = watch;
  const starts = await Promise.all([trial.run('start'), trial.run('start')]);
  const mains = await settledMains(watch, alone.mains.length);
  const monitor = await trial.run('monitor');
  await expectStop(watch, 'after two starts at once');
  if (!starts.some(({ rc }) => rc === 0)) {
    trial.fail({ expected: '0 from one of two starts at once', seen: 'neither' }, ...starts);
    return false;
  }
  if (mains.length > alone.mains.length) {
    // What one start brings up may take its time as well.
    await watch.startAnew();
    const ofOne = await settledMains(watch, mains.length - 1, 'above');
    if (mains.length > ofOne.length) {
      const expected = `as many processes as after one start: ${describeProcesses(ofOne)}`;
      trial.fail({ expected, seen: describeProcesses(mains) }, ...starts);
      return false;
    }
  }
  return trial.judge(monitor, { rc: UP, when: 'after two starts at once' });
}

/** Main processes, when there are not more than that, or more, or it has taken too long. */
async function settledMains(
  watch: ServiceWatch,
  count: number,
  until: 'above' | 'not above' = 'not above',
): Promise<readonly SeenProcess[]> {
  let { mains } = await watch.look();
  await watch.trial.until(async () => {
    ({ mains } = await watch.look());
    return mains.length > count === (until === 'above');
  }, SETTLE_LIMIT_MS);
  return mains;
}

/** Monitors one after the other as long as the action goes on; what they give is open, that they end is not. */
async function withMonitors(trial: Trial, action: string): Promise<Run> {
  let isOn = true;
  const late: Run[] = [];
  const monitorOn = async (): Promise<void> => {
    while (isOn) {
      const monitor = await trial.run('monitor');
      if (monitor.end.kind === 'timed-out') {
        late.push(monitor);
      }
      await trial.sleep(PAUSE_MS);
    }
  };
  const main = trial.run(action).finally(() => {
    isOn = false;
  });
  const [run] = await Promise.all([main, monitorOn()]);
  trial.judge(run, { rc: OK, when: 'beside monitors' });
  if (late.length > 0) {
    trial.fail(
      { expected: `an end of monitors beside ${action}`, seen: 'none before their timeout' },
      ...late,
    );
  }
  return run;
}
