import { rm } from 'node:fs/promises';
import { readPidFile } from '../kit/index.ts';
import type { Installation } from './installation.ts';
import type { Context } from './parameters.ts';
import { removeSemaphores } from './semaphores.ts';
import type { State } from './state.ts';

/**
 * Clears what a server leaves that was killed. To be called when none of its processes runs: httpd takes a PID file that
 * names anybody for itself, says "already running" and that it was a success.
 */
export async function clearRemains(
  context: Context,
  { pidFile }: Pick<Installation, 'pidFile'>,
  state: State | undefined,
): Promise<void> {
  const file = await readPidFile(pidFile);
  // What is no file was not made by httpd.
  if (file.kind !== 'absent' && file.kind !== 'unreadable') {
    await rm(pidFile, { force: true });
  }
  await removeSemaphores(context, state?.semaphores ?? []);
}
