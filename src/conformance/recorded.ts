import type { Run } from './run.ts';

/** What reports keep of the beginning and of the end of an output, and of a reason, in characters. */
const KEPT = { head: 16_384, tail: 16_384, reason: 1000 };

/** A run as reports keep it: a check sees all that an agent prints, but hundreds of runs may print a megabyte each. */
export function recorded(run: Run): Run {
  // Metadata is read from what is recorded.
  return run.action === 'meta-data'
    ? run
    : { ...run, stdout: shortOutput(run.stdout), stderr: shortOutput(run.stderr) };
}

/** A reason as people can read it. */
export function shortReason(reason: string): string {
  return reason.length <= KEPT.reason ? reason : `${reason.slice(0, KEPT.reason)}…`;
}

function shortOutput(text: string): string {
  const left = text.length - KEPT.head - KEPT.tail;
  return left <= 0
    ? text
    : `${text.slice(0, KEPT.head)}\n[… ${left} characters left out …]\n${text.slice(-KEPT.tail)}`;
}
