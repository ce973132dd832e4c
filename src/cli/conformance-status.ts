import type { RunReport } from '../conformance/result.ts';
import { EXIT, type ExitStatus } from './exit-status.ts';

/** The exit status that a whole run means. */
export function statusOf(report: Pick<RunReport, 'summary' | 'comparison'>, strict: boolean): ExitStatus {
  const { broken, mustFailed, shouldFailed } = report.summary;
  // Before all else: what was not judged may be bad as well.
  if (broken > 0) {
    return EXIT.unable;
  }
  if (report.comparison !== undefined) {
    return report.comparison.regressions.length > 0 ? EXIT.failed : EXIT.ok;
  }
  return mustFailed > 0 || (strict && shouldFailed > 0) ? EXIT.failed : EXIT.ok;
}
