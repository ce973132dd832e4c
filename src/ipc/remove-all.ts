import { rmSync } from 'node:fs';
import { messageOf } from '../errors/agent-error.ts';
import { emit } from '../observe/events.ts';

/**
 * Removes a directory with everything in it. What can't be removed is told and stays: those who share it may have mounted
 * something there, and that must cost nobody else anything.
 */
export function removeAll(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (thrown) {
    emit('ipc.purge-failed', { path, error: messageOf(thrown) });
  }
}
