import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentFailure, OCF, type ProcessId } from '../kit/index.ts';
import type { Installation } from './installation.ts';
import type { Context } from './parameters.ts';
import type { SemaphoreSet } from './semaphores.ts';

/** What a start knew of the server that it started: enough to ask and to stop it when its configuration is gone. */
export interface State {
  readonly installation: Installation;
  /** Its main process. */
  readonly main: ProcessId;
  readonly semaphores: readonly SemaphoreSet[];
}

const fileIn = (directory: string): string => join(directory, 'state.json');

/**
 * Keeps it until the stop. A crash in between leaves the old one or the new one.
 * @throws AgentFailure ERR_GENERIC, ERR_PERM
 */
export async function writeState(context: Context, state: State): Promise<void> {
  const file = fileIn(await context.stateDirectory());
  // Actions of one resource may come at the same moment.
  const fresh = `${file}.${Math.random().toString(36).slice(2)}`;
  try {
    await writeFile(fresh, JSON.stringify(state), { mode: 0o600 });
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    const reason = `Expected ${file} to be written, got ${code}: see to it that there is space below /run`;
    throw new AgentFailure(OCF.ERR_GENERIC, reason, { cause: error });
  }
}

/** Keeps what is known of a server that the agent has not started, unless it is kept already. */
export async function noteForeign(
  context: Context,
  installation: Installation,
  { pid, startTicks }: ProcessId,
): Promise<void> {
  const { main } = (await readState(context)) ?? {};
  if (main?.pid !== pid || main.startTicks !== startTicks) {
    await writeState(context, { installation, main: { pid, startTicks }, semaphores: [] });
  }
}

/** Undefined if this agent did not start it since the machine was started. */
export async function readState(context: Context): Promise<State | undefined> {
  try {
    const text = await readFile(fileIn(await context.stateDirectory()), 'utf8');
    // Only this agent writes it, in a directory of root.
    return JSON.parse(text) as State;
  } catch {
    return undefined; // the server is then found by its PID file
  }
}

/** Forgets it, with the directory. */
export async function removeState(context: Context): Promise<void> {
  const directory = await context.stateDirectory().catch(() => undefined);
  if (directory !== undefined) {
    await rm(directory, { recursive: true, force: true });
  }
}
