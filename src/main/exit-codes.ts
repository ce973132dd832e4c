/** Exit statuses of the daemon [protocol 8.1]. */
export const EXIT = {
  ok: 0,
  error: 1,
  usage: 64,
  /** It can't work here: a service manager must not start it again. */
  fatal: 100,
  /** Solo mode can't keep its resource running: the container ends [docs/solo.md]. */
  gaveUp: 101,
} as const;
