import { ALERT_KINDS } from '../../calls/alert-variables.ts';
import type { Check } from '../../check.ts';
import type { Run } from '../../run.ts';
import { describeProcesses, ServiceWatch } from '../../service-watch.ts';
import type { Trial } from '../../trial.ts';
import { describeEnd } from '../../words.ts';
import { SOURCE } from './expectations.ts';

/** Alerts at once: what a node that is lost brings about. */
const AT_ONCE = 8;
/** Enough that what each of them leaves stands out; the first makes what is made once. */
const ALERTS = 12;
const FILES_LIMIT = 5;
const SEARCHED = /^\/(run|tmp|var)\//;
/** From here on somebody holds outputs for good; less is the time that a busy machine takes to tell [spawn-call.ts]. */
const HELD_MS = 500;
const ROOT = { uid: 0, gid: 0 };

/** How, as whom and how often alert agents are called. */
export const SURROUNDING_CHECKS: readonly Check[] = [
  {
    id: 'AL-08',
    class: 'alert',
    level: 'should',
    title: `${AT_ONCE} alerts at once all give 0`,
    why: 'The cluster does not wait for one before it calls the next, and several recipients are several calls.',
    source: `${SOURCE}; Pacemaker: alerts are run in parallel`,
    remedy: 'Use no file of a fixed name in between; give a lock a time limit.',
    needs: ['environment'],
    async run(trial) {
      const single = await trial.run('node');
      if (single.rc !== 0) {
        trial.skip(`One alone does not give 0: ${describeEnd(single)}`);
      }
      const kinds = Array.from(
        { length: AT_ONCE },
        (_, index) => ALERT_KINDS[index % ALERT_KINDS.length] ?? '',
      );
      const wrong = (await Promise.all(kinds.map((kind) => trial.run(kind)))).filter(({ rc }) => rc !== 0);
      if (wrong.length > 0) {
        const seen = `${describeEnd(wrong[0] as Run)} of ${wrong.length}`;
        trial.fail({ expected: `${AT_ONCE} alerts at once to give 0`, seen }, ...wrong);
      }
    },
  },
  {
    id: 'AL-09',
    class: 'alert',
    level: 'must',
    title: 'what it gives as root it gives as hacluster, too',
    why: 'Alert agents run as the user hacluster. Tried by hand as root all works, and in the cluster nothing.',
    source: `${SOURCE}: run as hacluster`,
    remedy:
      'Make agent and recipient accessible for hacluster; where root is needed, use sudo with a rule for that one command.',
    needs: ['environment', 'users'],
    async run(trial) {
      for (const kind of ALERT_KINDS) {
        // In this order: a file that root has made first would be root's.
        const usual = await trial.run(kind);
        const byRoot = await trial.run(kind, { user: ROOT });
        if (byRoot.rc === 0 && usual.rc !== 0) {
          trial.fail(
            { expected: `the alert ${kind} to give 0 as hacluster`, seen: describeEnd(usual) },
            usual,
            byRoot,
          );
        }
      }
    },
  },
  {
    id: 'AL-10',
    class: 'alert',
    level: 'must',
    title: 'it leaves no process behind',
    why: 'There may be thousands of alerts in a day. What each leaves fills the table of processes, and the timeout ends only what has not left its group.',
    source: `${SOURCE}; Pacemaker kills the group of an agent at its timeout`,
    remedy: 'Wait for what the agent starts, with a time limit.',
    needs: ['processes', 'environment'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      const runs = await everyKind(trial);
      const left = await watch.remains();
      if (left.length > 0) {
        trial.fail(
          { expected: 'no process after the end of the agent', seen: describeProcesses(left) },
          ...runs,
        );
        await watch.kill();
      }
    },
  },
  {
    id: 'AL-11',
    class: 'alert',
    level: 'should',
    title: `${ALERTS} alerts leave no files in /run, /tmp and /var`,
    why: 'File systems in memory fill up with what nobody cleans away, and a full /run stops everything.',
    source: 'Seen with temporary files that are removed only when all goes well',
    remedy: 'Use pipes in place of temporary files, or remove them in a trap.',
    needs: ['traces', 'private', 'environment'],
    run: countFiles,
  },
  {
    id: 'AL-12',
    class: 'alert',
    level: 'should',
    title: 'nobody holds its outputs when it has ended',
    why: 'The daemon reads both outputs for its log. Who holds them keeps the alert in the list of those that run.',
    source: 'Pacemaker: outputs of alert agents go to the log',
    remedy: 'Send the outputs of what goes on in the background to /dev/null or a log.',
    needs: ['environment', 'answers'],
    async run(trial) {
      for (const run of await everyKind(trial)) {
        if (run.heldMs >= HELD_MS) {
          const expected = `nobody to hold the outputs of the alert ${run.action}`;
          trial.fail({ expected, seen: `somebody ${run.heldMs} ms later` }, run);
        }
      }
    },
  },
];

async function everyKind(trial: Trial): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for (const kind of ALERT_KINDS) {
    runs.push(await trial.run(kind));
  }
  return runs;
}

async function countFiles(trial: Trial): Promise<void> {
  await everyKind(trial);
  const mark = await trial.place.markFiles();
  for (let number = 0; number < ALERTS; number += ALERT_KINDS.length) {
    await everyKind(trial);
  }
  const made = (await trial.place.changedFiles(mark))
    .filter(({ path, change }) => change === 'made' && SEARCHED.test(path))
    .map(({ path }) => path);
  if (made.length >= FILES_LIMIT) {
    const seen = `${made.length}: ${made.slice(0, 3).join(', ')}`;
    trial.fail({ expected: `no new file after ${ALERTS} alerts`, seen });
  }
}
