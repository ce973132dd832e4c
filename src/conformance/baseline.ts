import { AgentError } from '../errors/agent-error.ts';
import type { ActionCost, CheckResult, Comparison, RunReport } from './result.ts';

/** A monitor that costs more than this times what it did is worse; below the inverse of it, better. */
const COST_FACTOR = 1.5;
/** Differences that are less, in ms, tell of the machine and not of the agent. */
const COST_NOISE_MS = 5;

/** Of an earlier report, all that is compared. */
export type Baseline = Pick<RunReport, 'agent' | 'checks' | 'costs'>;

/**
 * Reads an earlier report of the format `json`.
 * @throws AgentError CONFIG_INVALID if it is none, or of another version of the format
 */
export function readBaseline(text: string, name: string): Baseline {
  let report: unknown;
  try {
    report = JSON.parse(text);
  } catch (cause) {
    throw notOne(name, 'something that is no JSON', cause);
  }
  if (!isRecord(report) || report['schemaVersion'] !== 1) {
    const version = isRecord(report) ? report['schemaVersion'] : undefined;
    throw notOne(name, version === undefined ? 'other JSON' : `schemaVersion ${JSON.stringify(version)}`);
  }
  const { agent, checks, costs } = report;
  const isComplete =
    isRecord(agent) &&
    typeof agent['name'] === 'string' &&
    isListOf(checks, ['id', 'verdict', 'level']) &&
    isListOf(costs, ['action']);
  if (!isComplete) {
    throw notOne(name, 'a report without agent, checks or costs');
  }
  // What is compared was looked at above; the rest is not used.
  return report as unknown as Baseline;
}

/**
 * Makes sure that both are of the same agent, wherever it lay.
 * @throws AgentError CONFIG_INVALID
 */
export function requireSameAgent(before: Baseline, name: string): void {
  const typeOf = (agent: string): string | undefined => agent.split(/[:/]/).at(-1);
  if (typeOf(before.agent.name) !== typeOf(name)) {
    throw new AgentError(
      'CONFIG_INVALID',
      `Expected --baseline to be a report of ${name}, got one of ${before.agent.name}`,
      { labels: ['config'] },
    );
  }
}

/** What is worse and what is better than before. A check that failed before and fails now is neither. */
export function compare(
  before: Baseline,
  now: Pick<RunReport, 'checks' | 'costs'>,
  strict: boolean,
): Comparison {
  const old = new Map(before.checks.map((check) => [check.id, check]));
  const costs = compareCosts(before.costs, now.costs);
  return {
    regressions: [
      ...now.checks
        .filter((check) => isRegression(check, old.get(check.id), strict))
        .map(regressionText(old)),
      ...costs.regressions,
    ],
    better: [
      ...now.checks
        .filter(({ id, verdict }) => verdict === 'passed' && old.get(id)?.verdict === 'failed')
        .map(({ id, title }) => `${id} ${title}: failed before, passes now`),
      ...costs.better,
    ],
  };
}

function isRegression(
  { level, verdict }: CheckResult,
  before: CheckResult | undefined,
  strict: boolean,
): boolean {
  if (verdict !== 'failed' || before?.verdict === 'failed') {
    return false;
  }
  // What passed once must pass. What was not told before counts as it would without a baseline.
  return before?.verdict === 'passed' || level === 'must' || strict;
}

function regressionText(old: ReadonlyMap<string, CheckResult>): (check: CheckResult) => string {
  return ({ id, title }) => {
    const before = { passed: 'passed', skipped: 'was skipped', broken: 'could not be told', failed: '' };
    const verdict = old.get(id)?.verdict;
    return `${id} ${title}: ${verdict === undefined ? 'was not there' : before[verdict]} before, fails now`;
  };
}

function compareCosts(before: readonly ActionCost[], now: readonly ActionCost[]): Comparison {
  const [old, current] = [before, now].map((costs) => costs.find(({ action }) => action === 'monitor'));
  if (old === undefined || current === undefined) {
    return { regressions: [], better: [] };
  }
  // CPU time says more of the agent than time on the wall, which others on the machine share.
  const isCpu = old.cpuMedian !== undefined && current.cpuMedian !== undefined;
  const [was, is] = isCpu ? [old.cpuMedian ?? 0, current.cpuMedian ?? 0] : [old.median, current.median];
  const text = `monitor costs ${is} ms ${isCpu ? 'of CPU ' : ''}where it cost ${was} ms`;
  const isFar = Math.abs(is - was) >= COST_NOISE_MS;
  return {
    regressions: isFar && is > was * COST_FACTOR ? [text] : [],
    better: isFar && is * COST_FACTOR < was ? [text] : [],
  };
}

function notOne(name: string, got: string, cause?: unknown): AgentError {
  return new AgentError(
    'CONFIG_INVALID',
    `Expected --baseline to be a report that --output json=FILE made, got ${got} in ${name}`,
    { labels: ['config'], cause },
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether it is a list of objects with these texts in each. */
function isListOf(value: unknown, texts: readonly string[]): boolean {
  return (
    Array.isArray(value) &&
    value.every((item) => isRecord(item) && texts.every((key) => typeof item[key] === 'string'))
  );
}
