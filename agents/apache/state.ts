import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessId } from '../kit/index.ts';
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

/** Keeps it until the stop. A crash in between leaves the old one or the new one. */
export async function writeState(context: Context, state: State): Promise<void> {
  const file = fileIn(await context.stateDirectory());
  await writeFile(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
  await rename(`${file}.new`, file);
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
