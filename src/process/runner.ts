import type { HangRecord } from './hang.ts';

/** A program to run for an operation. */
export interface Command {
  /** Absolute path of the program. */
  readonly path: string;
  readonly args: readonly string[];
  /** The whole environment; nothing is added. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds from process creation until SIGKILL; 0 or less means no limit [protocol 5.8]. */
  readonly timeoutMs: number;
  /** What a timeout kills: the process group, or only the process so that the others can be looked at. */
  readonly killScope: 'group' | 'process';
  /** Runs as this user and group, without supplementary groups; default: the daemon's own. Needs root. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** What it may use; what is not named is as for the daemon itself. Only the spawner sets them. Default: none. */
  readonly limits?: readonly ResourceLimit[];
  /** NULs in its output are kept, for who reads it here; default: they become U+FFFD. */
  readonly keepsNuls?: boolean;
  /** What it is for: an opaque text that the next daemon finds at a run that outlived this one. */
  readonly purpose?: string;
}

/** Resources that setrlimit(2) knows, by the name that it has there after `RLIMIT_`. */
export type LimitedResource =
  | 'as'
  | 'core'
  | 'cpu'
  | 'data'
  | 'fsize'
  | 'memlock'
  | 'nofile'
  | 'nproc'
  | 'rss'
  | 'stack';

/** In the unit of setrlimit(2), whole numbers; `Infinity` is no limit. One that the kernel refuses starts nothing. */
export interface ResourceLimit {
  readonly resource: LimitedResource;
  readonly soft: number;
  readonly hard: number;
}

/** What a program took of the machine, with those of its children that it waited for. */
export interface Usage {
  /** Processor time in user and system mode, in ms. */
  readonly cpuMs: number;
  /** The greatest resident size of any one of them, in KiB. */
  readonly maxRssKb: number;
}

/** Called once when a program has ended; `usage` is absent where nobody measured it. */
export type OnExit = (exit: Exit, output: Output, usage?: Usage) => void;

/** What a program wrote, as far as it is kept. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program ended. */
export type Exit =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: NodeJS.Signals }
  /** `hang`: what it was doing shortly before, where somebody looked. */
  | { readonly kind: 'timed-out'; readonly hang?: HangRecord }
  /** The kernel refused to create a process or to execute the file; `errno` is its word, such as `EACCES`. */
  | { readonly kind: 'not-started'; readonly errno: string };

/** A program that an earlier daemon started and that still runs. Its output is lost, its end is not. */
export interface InheritedRun {
  /** As it stood in its `Command`; empty if there was none. */
  readonly purpose: string;
  readonly pid: number;
  /** How long it had been running when this daemon heard of it, in ms. */
  readonly ageMs: number;
  /** Never rejects. */
  readonly ended: Promise<Exit>;
}

/** A program on its way. */
export interface RunningCommand {
  /**
   * Kills the process group now and gives what was written so far, at least the head of it. `onExit` is still called
   * once the process is gone, which is when another may take its place.
   */
  kill(): Output;
}

/**
 * Runs programs. The direct child's exit ends a run, not the end of its output: a daemon that it left behind may
 * keep the pipes open [protocol 5.8]. Never throws; every fault is an `Exit`.
 */
export interface Runner {
  run(command: Command, onExit: OnExit): RunningCommand;
}

/** Gives the runner: at once where it is loaded, else as soon as it is. Never rejects. */
export type RunnerAccess = () => Runner | Promise<Runner>;
