import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../errors/agent-error.ts';
import { emit } from '../observe/events.ts';

/** What our directories are called in a place that others use, too. */
export const RUN_PREFIX = 'bundlet-ipc-';

/** Removes what daemons left that were killed: 432 KB a client. A live daemon's directory is locked, and stays. */
export async function purgeLeftovers(parent: string): Promise<void> {
  const names = await readdir(parent);
  for (const name of names.filter((one) => one.startsWith(RUN_PREFIX))) {
    const path = join(parent, name);
    try {
      const { uid } = await lstat(path);
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
