/** What an agent prints on standard error in front of the reason of a failure [protocol 5.12]. */
export const EXIT_REASON_PREFIX = 'ocf-exit-reason:';

/** The reason an OCF agent gave: what follows the last prefix in its standard error, up to the line's end. */
export function exitReasonIn(stderr: string): string | undefined {
  const at = stderr.lastIndexOf(EXIT_REASON_PREFIX);
  if (at === -1) {
    return undefined;
  }
  const from = at + EXIT_REASON_PREFIX.length;
  const end = stderr.indexOf('\n', from);
  const reason = stderr.slice(from, end === -1 ? undefined : end);
  return reason === '' ? undefined : reason;
}
