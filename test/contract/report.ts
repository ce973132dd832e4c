/** What became of one case. */
export interface CaseResult {
  readonly name: string;
  readonly passed: boolean;
  readonly ms: number;
  /** Step, expectation and what came instead. */
  readonly failure?: string;
}

/** One line of the table. */
export function lineOf({ name, passed, ms, failure }: CaseResult): string {
  const line = `${passed ? 'ok    ' : 'FAILED'}  ${(ms / 1000).toFixed(1).padStart(5)} s  ${name}`;
  return failure === undefined ? line : `${line}\n        ${failure.replaceAll('\n', '\n        ')}`;
}

/** The last line of a run. */
export function summaryOf(results: readonly CaseResult[]): string {
  const failed = results.filter(({ passed }) => !passed).length;
  return `${results.length - failed} passed, ${failed} failed`;
}
