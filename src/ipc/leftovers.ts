import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../errors/agent-error.ts';
import { emit } from '../observe/events.ts';

/** What our directories are called in a place that others use, too. */
export const RUN_PREFIX = 'bundlet-ipc-';

/**
 * Removes what daemons left that were killed: 432 KB a client. A live daemon's directory is locked, and stays.
 * @throws the system's error when the place can't be read
 */
export async function purgeLeftovers(parent: string): Promise<void> {
  // Not by `node:fs/promises`, whose first use takes 0.3 MB for ever; it is a listing of few names in memory.
  const names = readdirSync(parent);
  for (const name of names.filter((one) => one.startsWith(RUN_PREFIX))) {
    const path = join(parent, name);
    try {
      const { uid } = lstatSync(path);
      // Others may make what they like under our name in a directory that is open to all.
      if (uid === process.geteuid?.()) {
        const { removeIfDead } = await import('./run-directory.ts');
        if (removeIfDead(path)) {
          emit('ipc.purged', { path });
        }
      }
    } catch (thrown) {
      emit('ipc.purge-failed', { path, error: messageOf(thrown) });
    }
  }
}
