import type { CheckResult } from '../result.ts';
import type { Run } from '../run.ts';
import { describeEnd } from '../words.ts';

/** One thing that is told of a check: a name, and a text of one line or, of what an agent printed, of any number. */
export interface Told {
  readonly name: string;
  readonly text: string;
  /** What the agent printed: it is shown as it came, apart from our own words. */
  readonly isOutput?: true;
}

/** Everything that is worth telling of a check that is not well, in order; formats only lay it out. */
export function detailsOf(result: CheckResult, allRuns = false): readonly Told[] {
  const { reason, findings, runs, notes } = result;
  const cited = new Set(findings.flatMap((finding) => finding.runs));
  // What can't be told by findings, the last action may tell.
  const last = result.verdict === 'failed' && cited.size === 0 ? runs.at(-1)?.number : undefined;
  return [
    ...(reason === undefined ? [] : [{ name: 'reason', text: reason }]),
    ...findings.flatMap(({ expected, seen }) => [
      { name: 'expected', text: expected },
      { name: 'seen', text: seen },
    ]),
    ...runs.filter(({ number }) => allRuns || cited.has(number) || number === last).flatMap(runDetails),
    ...notes.map((text) => ({ name: 'note', text })),
    { name: 'repeat', text: result.repeat },
  ];
}

/** One action: how it was called, how it ended, what it printed. */
export function runDetails(run: Run): readonly Told[] {
  return [
    { name: `run ${run.number}`, text: runText(run) },
    ...(run.stdout === '' ? [] : [{ name: 'stdout', text: run.stdout, isOutput: true as const }]),
    ...(run.stderr === '' ? [] : [{ name: 'stderr', text: run.stderr, isOutput: true as const }]),
  ];
}

/** `stop (OCF_CHECK_LEVEL=10): 1 (error: no such file), 12 ms`. */
export function runText(run: Run): string {
  const differences = run.differences.length === 0 ? '' : ` (${run.differences.join(', ')})`;
  return `${run.action}${differences}: ${describeEnd(run)}, ${run.ms} ms`;
}

/** What is wrong in one line, for where there is no more room: `expected …; seen …`. */
export function headline({ findings, reason, title }: CheckResult): string {
  const [first] = findings;
  if (first === undefined) {
    return reason ?? title;
  }
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : '';
  return `expected ${first.expected}; seen ${first.seen}${more}`;
}
