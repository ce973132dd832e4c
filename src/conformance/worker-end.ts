import type { Check } from './check.ts';
import type { Job } from './job.ts';
import type { CheckResult } from './result.ts';
import type { WorkerEnd } from './worker-process.ts';

/** What is shown of a worker that failed. */
const SHOWN_LENGTH = 2000;

/** What came of a check, also where its worker could not say so. */
export function resultOf(check: Check, { settings, limitMs }: Job, end: WorkerEnd): CheckResult {
  const { cause, output, runs } = end;
  if (end.result !== undefined && cause !== 'aborted') {
    return end.result;
  }
  const last = runs.at(-1);
  const reasons = {
    limit: `It did not end within ${Math.round(limitMs / 1000)} s${last === undefined ? '' : `; the last action that ended was ${last.action}`}`,
    aborted: 'It was interrupted',
    ended: `Its worker ended without a result: ${output.trim().slice(-SHOWN_LENGTH)}`,
  } as const;
  const verdicts = { limit: 'failed', aborted: 'skipped', ended: 'broken' } as const;
  const { id, level, title } = check;
  return {
    ...{ id, level, title, runs },
    verdict: verdicts[cause],
    findings: [],
    reason: reasons[cause],
    notes: end.result?.notes ?? [],
    ms: cause === 'limit' ? limitMs : 0,
    repeat: `${settings.command} --only ${id}`,
  };
}
