/** How one action is called, where that differs from Pacemaker's way. */
export interface RunOptions {
  /** Beside the instance's own, or in place of them; undefined takes one away. */
  readonly parameters?: Readonly<Record<string, string | undefined>>;
  /** The instance that is meant, by number. Default: 0, the first. */
  readonly instance?: number;
  /** Default: 0 for everything but recurring monitors; the engine gives 10,000 to `monitor`, so probes say 0. */
  readonly intervalMs?: number;
  /** `OCF_CHECK_LEVEL`. Default: not set. */
  readonly checkLevel?: number | string;
  /** `OCF_RESKEY_CRM_meta_*` beside the usual ones, by the name behind that. */
  readonly meta?: Readonly<Record<string, string>>;
  /** Variables in place of Pacemaker's; undefined takes one away. Needs the ability `environment`, as do the next five. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Further arguments behind the action. */
  readonly extraArguments?: readonly string[];
  /** Program that runs the agent's file, in place of the one that its first line names. */
  readonly interpreter?: string;
  /** Default: `/`. */
  readonly directory?: string;
  /** Default: `null`, as under Pacemaker. */
  readonly stdin?: 'null' | 'closed';
  readonly umask?: number;
  /** Default: the caller's. Needs the ability `users`. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** When it is killed, with its process group, as Pacemaker does. Default: what the metadata says for the action, times `--timeout-factor`. */
  readonly timeoutMs?: number;
  /** Kills it so much earlier, as a cluster node that gives up; it then counts as `killed` and not as `timed-out`. */
  readonly killAfterMs?: number;
  /** How long it is waited for somebody who holds the output open after its end. Default: a second. */
  readonly heldLimitMs?: number;
}

/** How an action ended. */
export type RunEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'timed-out'; readonly limitMs: number }
  | { readonly kind: 'killed' }
  /** The kernel did not start it; its word for why, such as `EACCES`. */
  | { readonly kind: 'not-started'; readonly errno: string };

/** One action that was run, and what it said. Immutable, JSON. */
export interface Run {
  /** From 1, in the order in which they began in this check. */
  readonly number: number;
  readonly action: string;
  /** Its process while it ran, as `Place.processes` counts, and its process group; undefined where nobody knows it. */
  readonly pid?: number;
  /** What is not as in an ordinary call, for people: `OCF_CHECK_LEVEL=10`, `port='a b'`, `as uid 65534`. */
  readonly differences: readonly string[];
  readonly end: RunEnd;
  /** The code that the agent gave; -1 for what is none. */
  readonly rc: number;
  /** What that code means for this action in agents of another class than ocf, for people: `dead, with a PID file`. */
  readonly meaning?: string;
  readonly stdout: string;
  readonly stderr: string;
  /** As Pacemaker finds it in `stderr`, or tells it; undefined if there is none. */
  readonly exitReason?: string;
  /** From its start to its end, wall. */
  readonly ms: number;
  /** With children that were waited for; undefined where nobody can measure it. */
  readonly cpuMs?: number;
  /** Processes that were made meanwhile; undefined where nobody can count them. */
  readonly forks?: number;
  /** How long after its end somebody held its standard output or error open, up to `heldLimitMs`. 0: nobody. */
  readonly heldMs: number;
}
