import type { Check } from '../../check.ts';
import type { SeenProcess } from '../../place.ts';
import { describeProcesses, isSame, ServiceWatch } from '../../service-watch.ts';
import type { Trial } from '../../trial.ts';
import { LEFT_TRACES_CHECKS } from './left-traces.ts';

/** Enough that what each of them leaves stands out. */
const MONITORS = 20;
/** So many files of 20 monitors are none that the service happened to make. */
const FILES_LIMIT = 5;
const SEARCHED = /^\/(run|tmp|var)\//;
/** Somebody held the output open as long as it was waited for, which is a second [run.ts: heldMs]. */
const HELD_MS = 900;
/** For good: a daemon that closes it by itself, if later than its start ends, has done so by then even on a busy machine. */
const HELD_FOR_GOOD_MS = 8000;
/** For what is about to end. */
const LEAVE_LIMIT_MS = 3000;

/** What actions leave behind that should not be there. */
export const LEFTOVERS_CHECKS: readonly Check[] = [
  {
    id: 'LEFT-01',
    class: 'ocf',
    level: 'must',
    title: 'after stop no process of the resource lives',
    why: 'The cluster starts it on another node as soon as stop gives 0. What lives on here writes to the same data.',
    source: 'OCF 1.1, stop: nothing is left active',
    remedy: 'End children as well as the main process, and wait until they are gone before stop gives 0.',
    needs: ['processes'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      await watch.start();
      const stop = await trial.run('stop');
      if (stop.rc !== 0) {
        trial.skip('It does not stop');
      }
      await watch.expectNone('after stop', stop);
    },
  },
  {
    id: 'LEFT-02',
    class: 'ocf',
    level: 'must',
    title: `${MONITORS} monitors leave no process`,
    why: 'A monitor runs six times a minute for years. One process each, and the node has no number left for a new one within days.',
    source: 'Seen with clients that are left waiting for an answer',
    remedy: 'Wait for everything that monitor starts, with a time limit that ends it.',
    needs: ['processes'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      await watch.start();
      await trial.run('monitor');
      const before = await watch.live();
      await monitorOften(trial);
      let left: readonly SeenProcess[] = [];
      await trial.until(async () => {
        left = strangersTo(before, await watch.live());
        return left.length === 0;
      }, LEAVE_LIMIT_MS);
      if (left.length > 0) {
        trial.fail({ expected: `no new process after ${MONITORS} monitors`, seen: describeProcesses(left) });
      }
    },
  },
  {
    id: 'LEFT-03',
    class: 'ocf',
    level: 'should',
    title: `${MONITORS} monitors leave no file below /run, /tmp and /var`,
    why: 'File systems in memory fill up with what nobody cleans away, and a full /run stops everything.',
    source: 'Seen with temporary files that are removed only when all goes well',
    remedy: 'Use pipes in place of temporary files, or remove them in a trap.',
    // On a machine that others use as well, they make files meanwhile.
    needs: ['traces', 'private'],
    async run(trial) {
      await trial.reach('started');
      await trial.run('monitor');
      const mark = await trial.place.markFiles();
      await monitorOften(trial);
      const made = (await trial.place.changedFiles(mark))
        .filter(({ path, change }) => change === 'made' && SEARCHED.test(path))
        .map(({ path }) => path);
      const words = `${made.length}: ${made.slice(0, 3).join(', ')}`;
      if (made.length >= FILES_LIMIT) {
        trial.fail({ expected: `no new file after ${MONITORS} monitors`, seen: words });
      } else if (made.length > 0) {
        trial.note(`New files after ${MONITORS} monitors, of them or of the service, ${words}`);
      }
    },
  },
  ...LEFT_TRACES_CHECKS,
  {
    id: 'LEFT-05',
    class: 'ocf',
    level: 'must',
    title: "the service does not keep the agent's standard output or error open",
    why: 'Whoever reads the output of start waits for its end: resource managers, pipes, people. The service also dies of SIGPIPE when it writes to what nobody reads any longer.',
    source: 'Pacemaker no longer waits for it, earlier executors and ocf-tester hang for ever',
    remedy: 'Start the service with >/dev/null 2>&1 </dev/null, or into its log.',
    needs: ['processes'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      await trial.reach('stopped');
      const first = await trial.run('start');
      const monitor = await trial.run('monitor');
      if (Math.max(first.heldMs, monitor.heldMs) < HELD_MS) {
        return;
      }
      // Helpers that end by themselves don't hold it for good, nor do daemons that close it late.
      await watch.clear();
      const action = first.heldMs < HELD_MS ? 'monitor' : 'start';
      const second = await trial.run(action, { heldLimitMs: HELD_FOR_GOOD_MS });
      if (second.heldMs >= HELD_FOR_GOOD_MS * 0.9) {
        // Such as a sender of gratuitous ARP: no service, and nobody waits for it for long.
        const all = await watch.remains();
        if (all.length === 0) {
          trial.note(`A helper that ends by itself holds the output of ${second.action} for a while`);
          return;
        }
        const seen = `open ${second.heldMs} ms after its end; there are ${describeProcesses(all)}`;
        trial.fail({ expected: `its output closed when ${second.action} has ended`, seen }, first, second);
      }
    },
  },
  {
    id: 'LEFT-06',
    class: 'ocf',
    level: 'should',
    title: 'the service is in another process group than the start that brought it up',
    why: 'Whoever ends the group of an action that takes too long, as the executor does, ends the service with it.',
    source: 'Pacemaker, executor: SIGKILL to the process group at the timeout',
    remedy: 'Start the service by setsid, or let it become a daemon itself.',
    needs: ['processes'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      await trial.reach('stopped');
      const start = await trial.run('start');
      const { all } = await watch.look();
      watch.requireProcesses(all);
      if (start.rc !== 0 || start.pid === undefined) {
        trial.skip(start.rc === 0 ? 'The process group of start is not known here' : 'It does not start');
      }
      const inside = all.filter(({ group }) => group === start.pid);
      if (inside.length > 0) {
        await watch.requireLasting();
        const seen = `in that of start: ${describeProcesses(inside)}`;
        trial.fail({ expected: 'processes in a group of their own', seen }, start);
      }
    },
  },
];

async function monitorOften(trial: Trial): Promise<void> {
  for (let count = 0; count < MONITORS; count += 1) {
    await trial.run('monitor');
  }
}

/** Processes that were not there before, and that none of those has made since: services have workers. */
function strangersTo(before: readonly SeenProcess[], now: readonly SeenProcess[]): readonly SeenProcess[] {
  const family = new Set(before.map(({ pid }) => pid));
  const strangers: SeenProcess[] = [];
  // Oldest first, so parents come before their children.
  for (const process of now) {
    if (before.some((one) => isSame(one, process)) || family.has(process.parent)) {
      family.add(process.pid);
    } else {
      strangers.push(process);
    }
  }
  return strangers;
}
