import type { CheckResult, RunReport } from '../result.ts';

/** How a result counts, in the words of the human view. */
export type Mark = 'ok' | 'FAIL' | 'warn' | 'skip' | 'broken';

/** A SHOULD that failed is a warning unless `strict`. */
export function markOf({ verdict, level }: CheckResult, strict: boolean): Mark {
  switch (verdict) {
    case 'passed':
      return 'ok';
    case 'failed':
      return level === 'must' || strict ? 'FAIL' : 'warn';
    case 'skipped':
      return 'skip';
    case 'broken':
      return 'broken';
  }
}

/** The group of a check: `ACT` of `ACT-03`. */
export function groupOf(id: string): string {
  return id.split('-', 1)[0] ?? id;
}

/** Whether what went wrong with it has to be told. */
export function isTrouble({ verdict }: CheckResult): boolean {
  return verdict === 'failed' || verdict === 'broken';
}

/** The counts for people: `12 passed, 1 MUST failed, 3 skipped`; what is none is left out, but for `passed`. */
export function countsText({ summary }: Pick<RunReport, 'summary'>): string {
  const { passed, mustFailed, shouldFailed, skipped, broken } = summary;
  const parts: readonly (readonly [number, string])[] = [
    [mustFailed, 'MUST failed'],
    [shouldFailed, 'SHOULD failed'],
    [skipped, 'skipped'],
    [broken, 'broken'],
  ];
  return [
    `${passed} passed`,
    ...parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`),
  ].join(', ');
}

/** A time for people: `35 ms`, `4.2 s`. */
export function timeText(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
