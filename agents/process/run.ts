import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { AgentFailure, OCF, type ProcessId } from '../kit/index.ts';

/** How a process ended. */
export interface End {
  readonly pid: number;
  readonly code?: number;
  /** Its number. */
  readonly signal?: number;
  /** Since the start. */
  readonly afterMs: number;
}

/** What the shim tells of one run [init/README.md, the shim]. */
export interface Run {
  readonly rsc: string;
  /** Tells this run from all others, in the environment of the application, too. */
  readonly run: string;
  readonly shim: ProcessId;
  /** The command's process. */
  readonly application: ProcessId;
  /** Of the command's process, when it has ended. */
  readonly end?: End;
  /** Of the last of all processes that ended. */
  readonly lastEnd?: End;
  /** The last lines of the output, when the command's process has ended. */
  readonly lines?: readonly string[];
  /** Nobody is left. */
  readonly isOver: boolean;
}

/** By which the processes of a run are known, whoever their parent is. */
export const MARK = 'BUNDLET_RESOURCE';

/** Files of the state directory. */
export const STATE_FILES = ['state.json', 'state.json.new', 'early', 'started'] as const;

/**
 * What is known of the last run; undefined if there was none, or if what is there was not written by a shim.
 * @throws AgentFailure ERR_PERM or ERR_GENERIC where it can't be read: it may run
 */
export async function readRun(directory: string): Promise<Run | undefined> {
  const path = join(directory, 'state.json');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
      return '';
    }
    const code = error.code === 'EACCES' ? OCF.ERR_PERM : OCF.ERR_GENERIC;
    throw new AgentFailure(code, `Expected to read ${path}, got ${error.code}`, { cause: error });
  });
  try {
    // It is replaced as a whole, by the shim alone.
    const run = JSON.parse(text) as Partial<Run> | null;
    return run?.shim === undefined || run.application === undefined ? undefined : (run as Run);
  } catch {
    return undefined;
  }
}

/** `SIGTERM` for 15; numbers without a name stay. */
export function signalName(number: number): string {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`;
}
