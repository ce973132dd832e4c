import type { Ability } from './kinds.ts';

/** A process where the check runs. */
export interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
  /** Process group and session. */
  readonly group: number;
  readonly session: number;
  /** As in proc(5): `Z` is a zombie. */
  readonly state: string;
  readonly command: string;
  /** Ticks since boot: with the pid it names a process for good. */
  readonly startTicks: number;
}

/** A file that was not there before, or is no longer what it was. */
export interface SeenFile {
  readonly path: string;
  readonly change: 'made' | 'changed' | 'removed';
  readonly kind: 'file' | 'directory' | 'link' | 'socket' | 'fifo' | 'device';
}

/** Things of the system that outlive processes, one line each, as people read them. */
export interface Traces {
  readonly listeners: readonly string[];
  readonly mounts: readonly string[];
  readonly ipc: readonly string[];
}

/**
 * Where a check runs: a sandbox of its own, the machine itself, or a daemon far away, of which only actions are known. What it can do is in
 * `abilities`; everything else rejects.
 */
export interface Place {
  readonly abilities: ReadonlySet<Ability>;
  /** Processes that the check has brought about: not those of the runner, nor what was there before. Zombies too. */
  processes(): Promise<readonly SeenProcess[]>;
  signal(processes: readonly SeenProcess[], signal: NodeJS.Signals): Promise<void>;
  /** What has changed below the root since `mark`; without `/proc`, `/sys`, `/dev` but `/dev/shm`. */
  changedFiles(since: FileMark): Promise<readonly SeenFile[]>;
  markFiles(): Promise<FileMark>;
  traces(): Promise<Traces>;
  /** A folder of this check alone. */
  readonly scratch: string;
  /** Takes files and programs away until the check ends; those that are not there are none. Undone by `restore`. */
  hide(paths: readonly string[]): Promise<void>;
  restore(): Promise<void>;
  /** Makes a directory's file system full until `restore`. */
  fill(directory: string): Promise<void>;
  /** Runs a shell command, as root, with nothing of the agent's environment; its output is in the report if it fails. */
  sh(command: string, timeoutMs?: number): Promise<{ readonly code: number; readonly output: string }>;
  /** Starts a process that must outlive what the agent does, with these words as its command line. It listens where it is told. */
  bystander(words: readonly string[], options?: { readonly port?: number }): Promise<SeenProcess>;
  /** Calls of cluster tools that the agent made, in order, where they are faked: `crm_attribute --promotion -v 10`. */
  toolCalls(): Promise<readonly string[]>;
}

/** A state of the files to compare with; opaque. */
export interface FileMark {
  readonly id: number;
}
