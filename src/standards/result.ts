import type { HangRecord } from '../process/hang.ts';
import type { Usage } from '../process/runner.ts';

/** Results of agents as the OCF standard and Pacemaker number them [protocol 5.10, OCF-1.1 Exit status codes]. */
export const OCF = {
  ok: 0,
  error: 1,
  invalidParameter: 2,
  unimplemented: 3,
  insufficientPrivileges: 4,
  notInstalled: 5,
  notConfigured: 6,
  notRunning: 7,
  promoted: 8,
  failedPromoted: 9,
  degraded: 190,
  degradedPromoted: 191,
  /** Not known yet: a unit that is being started or stopped. */
  unknown: 193,
} as const;

/** Words of OCF's result codes [OCF-1.1, exit status codes]. */
export const RC_WORDS: Readonly<Record<number, string>> = {
  0: 'ok',
  1: 'error',
  2: 'invalid parameter',
  3: 'unimplemented',
  4: 'insufficient privileges',
  5: 'not installed',
  6: 'not configured',
  7: 'not running',
  8: 'promoted',
  9: 'failed promoted',
  190: 'degraded',
  191: 'degraded promoted',
  193: 'unknown',
};

/** How the execution of an operation went, whatever the agent said [protocol 5.11, enum pcmk_exec_status]. */
export const STATUS = {
  unknown: -2,
  pending: -1,
  done: 0,
  cancelled: 1,
  timedOut: 2,
  notSupported: 3,
  error: 4,
  hardError: 5,
  fatalError: 6,
  notInstalled: 7,
  notConnected: 8,
  invalid: 9,
  noFenceDevice: 10,
  noSecrets: 11,
} as const;

/** The outcome of one action of an agent. */
export interface ActionResult {
  /** OCF result code, mapped as it goes on the wire. */
  readonly rc: number;
  /** Execution status, one of `STATUS`. */
  readonly status: number;
  /** What the process itself returned, before any mapping; decides when a result counts as changed. */
  readonly rawRc: number;
  readonly exitReason?: string;
  /** Standard error if there is any, otherwise standard output; absent if both are empty [protocol 5.9]. */
  readonly output?: string;
  /** What its process took of the machine, where there was one and it was measured; not told to controllers. */
  readonly usage?: Usage;
  /** What it was doing when its time was over; controllers get a line of it in the exit reason. */
  readonly hang?: HangRecord;
}

/** A result that was reached without the agent's word. */
export function plainResult(rc: number, status: number, exitReason?: string): ActionResult {
  return { rc, status, rawRc: rc, ...(exitReason === undefined ? {} : { exitReason }) };
}

/** The unit is being started or stopped [protocol 5.11]. */
export function pendingResult(): ActionResult {
  return plainResult(OCF.unknown, STATUS.pending);
}

/** It is being started or stopped for longer than the operation may take [protocol 5.13]. */
export function stillPendingResult(): ActionResult {
  const reason = 'Investigate reason for timeout, and adjust configured operation timeout if necessary';
  return plainResult(OCF.error, STATUS.timedOut, reason);
}

/** It never ran: an action that an earlier daemon began does not end. */
export function blockedResult(): ActionResult {
  const reason = 'An operation that ran before the executor was restarted still runs and blocks the resource';
  return plainResult(OCF.error, STATUS.timedOut, reason);
}
