/** Exit codes of OCF agents, under the names of OCF 1.0 and of 1.1 [OCF-1.1 Exit status codes]. */
export const OCF = {
  /** Done; of a monitor: running, and unpromoted if it can be promoted. */
  SUCCESS: 0,
  /** Failed, or nobody knows. */
  ERR_GENERIC: 1,
  /** A parameter can't be used on this machine: another one may run the resource. */
  ERR_ARGS: 2,
  /** No such action. */
  ERR_UNIMPLEMENTED: 3,
  /** A privilege is missing. */
  ERR_PERM: 4,
  /** The software is not here. */
  ERR_INSTALLED: 5,
  /** A parameter is wrong wherever the resource runs. */
  ERR_CONFIGURED: 6,
  /** Cleanly stopped; of monitors only. */
  NOT_RUNNING: 7,
  RUNNING_PROMOTED: 8,
  FAILED_PROMOTED: 9,
  /** Runs, but is likelier to fail than it should be; as good as 0 for Pacemaker, which shows it. */
  DEGRADED: 190,
  DEGRADED_PROMOTED: 191,
  /** As OCF 1.0 calls `RUNNING_PROMOTED`. */
  RUNNING_MASTER: 8,
  /** As OCF 1.0 calls `FAILED_PROMOTED`. */
  FAILED_MASTER: 9,
} as const;

/** One of `OCF`. */
export type ExitCode = (typeof OCF)[keyof typeof OCF];

const CODES: ReadonlySet<unknown> = new Set(Object.values(OCF));

/** Agents in JavaScript, and casts, may give anything. */
export function isExitCode(value: unknown): value is ExitCode {
  return CODES.has(value);
}
