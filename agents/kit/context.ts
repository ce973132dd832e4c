import type { Clock, Program, ProgramResult } from './host.ts';
import type { Parameters, Values } from './parameters.ts';

/**
 * Writes log lines the way the shell library does: standard error, and the file of `HA_LOGFILE` where that is set. Each is
 * one line, without the values of private parameters.
 */
export interface Log {
  debug(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

/** What an action of an agent has at hand. Nothing else of the process is its business: it may be the daemon's. */
export interface AgentContext<P extends Parameters> {
  readonly params: Values<P>;
  /** Whether the parameter was given, not its default. */
  isGiven(name: keyof P): boolean;
  readonly action: string;
  /** Id of the resource, with `:N` for an instance of a globally unique clone. */
  readonly instance: string;
  /** A monitor that asks whether it runs, not whether it still does [OCF-1.1; interval 0]. */
  readonly isProbe: boolean;
  /** 0, 10, 20 …; what an agent doesn't know counts as the next lower one. Default: 0. */
  readonly checkLevel: number;
  /** Whether a validation may look at the machine: not in `validate-all` of level 0. */
  readonly mayLookAtHost: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly log: Log;
  readonly clock: Clock;
  /**
   * Milliseconds that this action still has, less a reserve in which to tell the reason. An action without a limit has
   * what its declaration says.
   */
  leftMs(): number;
  /**
   * Aborted a moment after that time is over, so that the agent's own reason comes first, or when the answer is not wanted
   * any more, or the action over. Hand it to everything that waits.
   */
  readonly signal: AbortSignal;
  /** Runs a program and waits for it. Never rejects but with the signal's reason. */
  run(program: Program): Promise<ProgramResult>;
  /**
   * Asks `condition` again and again, at first after some ms, later every 50 ms, until it gives something other than
   * undefined.
   * @throws AgentFailure ERR_GENERIC with `what` when `limitMs` or the action's time is over
   */
  waitFor<T>(
    what: string,
    condition: () => Promise<T | undefined> | T | undefined,
    limitMs?: number,
  ): Promise<T>;
  /**
   * A directory for what must be known from action to action, made with mode 0755, less the umask, when first asked for:
   * `/run/bundlet/agents/NAME/INSTANCE`, below `HA_RSCTMP` where `/run/bundlet` can't be written. It stays where it is.
   * A monitor and a stop get the path in any case: where nothing can be written, nothing was started.
   * @throws AgentFailure ERR_PERM or ERR_GENERIC if there is no place for it
   */
  stateDirectory(): Promise<string>;
  /** See `Host.cache`. */
  readonly cache: Map<string, unknown>;
}
