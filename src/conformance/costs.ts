import type { ActionCost, CheckResult, RunReport } from './result.ts';
import type { Run } from './run.ts';

/** What each action costs, over all calls of it that are as a cluster makes them and gave the answer of a service that works. */
export function costsOf(results: readonly CheckResult[]): readonly ActionCost[] {
  const ordinary = results.flatMap(({ runs }) => runs).filter(isOrdinary);
  const byAction = Map.groupBy(ordinary, ({ action }) => action);
  return [...byAction].map(([action, runs]) => costOf(action, runs)).sort(byName);
}

/** How many there are of each verdict. */
export function summaryOf(results: readonly CheckResult[]): RunReport['summary'] {
  const count = (fits: (result: CheckResult) => boolean): number => results.filter(fits).length;
  return {
    mustFailed: count(({ verdict, level }) => verdict === 'failed' && level === 'must'),
    shouldFailed: count(({ verdict, level }) => verdict === 'failed' && level === 'should'),
    passed: count(({ verdict }) => verdict === 'passed'),
    skipped: count(({ verdict }) => verdict === 'skipped'),
    broken: count(({ verdict }) => verdict === 'broken'),
  };
}

/** A monitor that finds nothing running is far cheaper than those that a cluster pays for. */
function isOrdinary({ differences, end, rc }: Run): boolean {
  return differences.length === 0 && end.kind === 'exited' && (rc === 0 || rc === 8);
}

function costOf(action: string, runs: readonly Run[]): ActionCost {
  const times = sorted(runs.map(({ ms }) => ms));
  const cpu = sorted(runs.flatMap(({ cpuMs }) => cpuMs ?? []));
  const forks = sorted(runs.flatMap((run) => run.forks ?? []));
  return {
    ...{ action, count: runs.length },
    median: quantile(times, 0.5),
    p95: quantile(times, 0.95),
    max: quantile(times, 1),
    ...(cpu.length === 0 ? {} : { cpuMedian: quantile(cpu, 0.5) }),
    ...(forks.length === 0 ? {} : { forksMedian: quantile(forks, 0.5) }),
  };
}

const sorted = (values: readonly number[]): readonly number[] => values.toSorted((one, other) => one - other);
const byName = (one: ActionCost, other: ActionCost): number => (one.action < other.action ? -1 : 1);

/** The smallest value that so great a part of all does not exceed. Of at least one, sorted. */
export function quantile(values: readonly number[], part: number): number {
  return values[Math.max(0, Math.ceil(part * values.length) - 1)] ?? 0;
}
