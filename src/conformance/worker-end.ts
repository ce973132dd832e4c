import type { Check } from './check.ts';
import type { Job } from './job.ts';
import type { CheckResult } from './result.ts';
import type { WorkerEnd } from './worker-process.ts';

/** What is shown of a worker that failed. */
const SHOWN_LENGTH = 2000;

/** What came of a check, also where its worker could not say so. */
export function resultOf(check: Check, { settings, limitMs }: Job, end: WorkerEnd): CheckResult {
  const { cause, output, runs, reason } = end;
  if (end.result !== undefined && cause !== 'aborted') {
    return end.result;
  }
  const last = runs.at(-1);
  const after = last === undefined ? '' : `; the last action that ended was ${last.action}`;
  const reasons = {
    limit: `It did not end within ${Math.round(limitMs / 1000)} s${after}`,
    aborted: 'It was interrupted',
    killed: `Its worker was killed: by an action that kills what it did not start, or for want of memory${after}`,
    ended: `Its worker ended without a result: ${output.trim().slice(-SHOWN_LENGTH)}`,
  } as const;
  const verdicts = { limit: 'failed', aborted: 'skipped', killed: 'failed', ended: 'broken' } as const;
  const { id, level, title } = check;
  return {
    ...{ id, level, title, runs },
    verdict: reason === undefined ? verdicts[cause] : 'failed',
    findings: [],
    reason: reason === undefined ? reasons[cause] : `${reason}${after}`,
    notes: end.result?.notes ?? [],
    ms: cause === 'limit' ? limitMs : 0,
    repeat: `${settings.command} --only ${id}`,
  };
}
