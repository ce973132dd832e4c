/** A program that an agent runs and waits for. */
export interface Program {
  /** Absolute path. */
  readonly path: string;
  readonly args?: readonly string[];
  /** The whole environment. Default: the agent's own, `AgentContext.env`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds until its process group is killed. Default and limit: what the action has left. */
  readonly timeoutMs?: number;
  /** Runs as this user and group, without supplementary groups; default: the agent's own. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** What became of a program. What its streams brought is UTF-8, at most 1 MiB of each. */
export interface ProgramResult {
  /** Its exit status; absent if it did not exit. */
  readonly code?: number;
  /** The signal that ended it. */
  readonly signal?: NodeJS.Signals;
  /** It was killed because its time was over. */
  readonly isTimedOut: boolean;
  /** It never ran: errno's word, such as `ENOENT`. */
  readonly errno?: string;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * What an agent stands on: a process of its own, or the daemon. The end of a program is the end of its direct child: a
 * daemon that it leaves behind may keep the streams open.
 */
export interface Host {
  /** Metadata and other answers. */
  writeOut(text: string): void;
  /** Log lines and exit reasons. */
  writeError(text: string): void;
  /**
   * Told of each action that is begun. When it is given up, its answer comes before the action itself has ended: in a
   * process of its own the rest ends with that, elsewhere somebody has to wait for it.
   */
  onAction?(end: Promise<unknown>): void;
  /** Never rejects. An abort kills the program's process group. */
  run(
    program: Required<Omit<Program, 'user'>> & Pick<Program, 'user'>,
    signal: AbortSignal,
  ): Promise<ProgramResult>;
  readonly clock: Clock;
  /** From when on the action's time counts, by the clock. Default: from the call. */
  readonly startedAtMs?: number;
  /**
   * What the agent remembers of one resource from action to action, for speed alone: empty in a process of its own, and
   * whenever the daemon likes.
   */
  readonly cache: Map<string, unknown>;
}

/** Time, injected. */
export interface Clock {
  /** Milliseconds since some moment; never goes back. */
  nowMs(): number;
  /** Resolves after so many milliseconds; rejects with the signal's reason when that is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** One call of an agent. */
export interface Invocation {
  /** The first argument; empty if there is none. */
  readonly action: string;
  /** The whole environment of the agent [OCF-1.1 Parameter passing]. */
  readonly env: Readonly<Record<string, string>>;
  /** Aborted when the answer is not wanted any more. */
  readonly signal: AbortSignal;
}
