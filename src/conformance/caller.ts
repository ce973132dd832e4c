import type { RunEnd, RunOptions } from './run.ts';
import type { Instance } from './subject.ts';

/** One action to be called, everything decided. */
export interface Call {
  readonly action: string;
  readonly instance: Instance;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly options: RunOptions;
}

/** What came of it. */
export interface CallEnd {
  readonly end: RunEnd;
  readonly pid?: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Where somebody else has found it. Default: what Pacemaker finds in `stderr`. */
  readonly exitReason?: string;
  readonly ms: number;
  readonly cpuMs?: number;
  readonly forks?: number;
  readonly heldMs: number;
}

/** Calls agents of one class in one place. Never rejects for what an agent does. */
export interface Caller {
  call(call: Call, signal: AbortSignal): Promise<CallEnd>;
}
