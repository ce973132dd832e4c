import type { Check } from '../../check.ts';
import { advertises, declaredAction, declaredTimeoutMs } from '../../declared.ts';
import type { Run, RunOptions } from '../../run.ts';
import { ServiceWatch } from '../../service-watch.ts';
import type { Trial } from '../../trial.ts';

const MONITORS = 10;
const CYCLES = 3;
/** Of its timeout, that a monitor should take at most. */
const MONITOR_PART = 0.2;
/** How often what is needed should fit into what is declared. */
const RESERVE = 2;
/** Beyond what an ordinary monitor takes, twice. */
const DETECTION_LIMIT_MS = 2000;

/** What actions take, against what the metadata says that they may take. */
export const TIMES_CHECKS: readonly Check[] = [
  {
    id: 'TIME-01',
    class: 'ocf',
    level: 'must',
    title: 'every action ends within the timeout that the metadata declares',
    why: 'Tools take the declared timeouts into the configuration. An action that takes longer is killed, and a stop that is killed ends in fencing.',
    source: 'OCF 1.1, metadata: timeout is the least that is recommended',
    remedy: 'Declare what it needs on a slow machine, and give everything that can hang a time limit.',
    needs: [],
    async run(trial) {
      const hung = new Set<string>();
      for (const [action, options] of actionsOf(trial)) {
        // Once is enough to say so, and it takes its time.
        const run = hung.has(action) ? undefined : await trial.run(action, options);
        if (run?.end.kind === 'timed-out') {
          hung.add(action);
          const expected = `an end of ${action} within ${run.end.limitMs} ms, as declared`;
          trial.fail({ expected, seen: 'none' }, run);
        }
      }
      if (declaredAction(trial.subject, 'monitor')?.timeoutMs === undefined) {
        trial.note("Where the metadata declares no timeout Pacemaker's own is taken, 20000 ms");
      }
    },
  },
  {
    id: 'TIME-02',
    class: 'ocf',
    level: 'should',
    title: `half of all monitors of a running service take at most ${MONITOR_PART * 100} % of their timeout`,
    why: 'Machines get slow when it matters. A monitor that needs most of its time on a good day reports a failure on a bad one, and the cluster moves a service that works.',
    source: 'Experience; the executor kills at the timeout',
    remedy: 'Ask less, or declare more.',
    needs: [],
    async run(trial) {
      await trial.reach('started');
      const runs: Run[] = [];
      for (let count = 0; count < MONITORS; count += 1) {
        runs.push(await trial.run('monitor'));
      }
      const limitMs = declaredTimeoutMs(trial.subject, 'monitor') * MONITOR_PART;
      const tookMs = quantile(runs, 0.5, ({ ms }) => ms) ?? 0;
      trial.note(costsOf(runs));
      if (tookMs > limitMs) {
        const expected = `monitors of at most ${limitMs} ms`;
        trial.fail({ expected, seen: `a median of ${tookMs} ms` }, ...runs);
      }
    },
  },
  {
    id: 'TIME-03',
    class: 'ocf',
    level: 'should',
    title: `start and stop take at most half of the timeouts that are declared`,
    why: 'What just fits on a quiet machine does not fit on the one that takes over everything that ran on another.',
    source: 'Experience; the executor kills at the timeout',
    remedy: 'Declare at least twice what is needed.',
    needs: [],
    async run(trial) {
      await trial.reach('stopped');
      const runs: Record<'start' | 'stop', Run[]> = { start: [], stop: [] };
      for (let cycle = 0; cycle < CYCLES; cycle += 1) {
        runs.start.push(await trial.run('start'));
        runs.stop.push(await trial.run('stop'));
      }
      for (const action of ['start', 'stop'] as const) {
        const declaredMs = declaredTimeoutMs(trial.subject, action);
        const tookMs = quantile(runs[action], 0.5, ({ ms }) => ms) ?? 0;
        trial.note(`${action}: ${costsOf(runs[action])}, declared ${declaredMs} ms`);
        if (tookMs * RESERVE > declaredMs) {
          const expected = `a timeout of ${action} of at least ${tookMs * RESERVE} ms`;
          trial.fail({ expected, seen: `${declaredMs} ms` }, ...runs[action]);
        }
      }
    },
  },
  {
    id: 'TIME-04',
    class: 'ocf',
    level: 'should',
    title: `monitor tells a crash within ${DETECTION_LIMIT_MS} ms beyond what it usually takes`,
    why: 'Until monitor gives its answer nobody recovers anything. Retries within monitor add to every outage.',
    source: 'Seen with heartbeat:apache: 5.1 s when its PID file is gone',
    remedy: 'Give the answer at once; the cluster repeats monitor itself.',
    needs: ['processes'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      watch.requireCrash((await watch.start()).all);
      const usual = await trial.run('monitor');
      await watch.crash();
      const limitMs = DETECTION_LIMIT_MS + 2 * usual.ms;
      const monitor = await trial.run('monitor');
      if (monitor.rc === 0) {
        trial.skip('Monitor does not tell the crash at all');
      }
      trial.note(`It took ${monitor.ms} ms, and ${usual.ms} ms while it ran`);
      if (monitor.ms > limitMs) {
        trial.fail({ expected: `an answer within ${limitMs} ms`, seen: `${monitor.ms} ms` }, usual, monitor);
      }
    },
  },
];

/** All that an ordinary life of a resource calls, whatever it gives. */
function actionsOf({ subject }: Trial): readonly (readonly [string, RunOptions?])[] {
  const depths = (subject.metadata?.actions ?? [])
    .filter(({ name, depth = '0' }) => name === 'monitor' && depth !== '0')
    .map(({ depth }) => ['monitor', { checkLevel: depth ?? '0' }] as const);
  return [
    ...(advertises(subject, 'validate-all') ? ([['validate-all']] as const) : []),
    ['monitor', { intervalMs: 0 }],
    ['start'],
    ['monitor'],
    ['monitor', { intervalMs: 0 }],
    ...depths,
    ['stop'],
    ['monitor', { intervalMs: 0 }],
    ['stop'],
  ];
}

/** `median 12 ms, p95 20 ms, CPU 8 ms, 47 processes`, as far as it is known. */
function costsOf(runs: readonly Run[]): string {
  const cpuMs = quantile(runs, 0.5, (run) => run.cpuMs);
  const forks = quantile(runs, 0.5, (run) => run.forks);
  return [
    `median ${quantile(runs, 0.5, ({ ms }) => ms)} ms, p95 ${quantile(runs, 0.95, ({ ms }) => ms)} ms`,
    ...(cpuMs === undefined ? [] : [`CPU ${cpuMs} ms`]),
    ...(forks === undefined ? [] : [`${forks} processes`]),
  ].join(', ');
}

/** The value below which that part of all lies; undefined if there are none. */
function quantile(
  runs: readonly Run[],
  part: number,
  of: (run: Run) => number | undefined,
): number | undefined {
  const values = runs
    .map(of)
    .filter((value) => value !== undefined)
    .toSorted((one, other) => one - other);
  return values[Math.min(values.length - 1, Math.floor(values.length * part))];
}
