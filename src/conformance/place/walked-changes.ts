import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChangedFile, type Changes, kindOf, signOf } from './file-watch.ts';

/**
 * Everything in some folders, as made: where there is no layer that shows what has changed, moments are compared with each other. Other
 * file systems that are mounted in them are not looked into.
 */
export async function walkedChanges(
  folders: readonly string[],
  isLeftOut: (path: string) => boolean,
): Promise<Changes> {
  const found = new Map<string, ChangedFile>();
  const walk = async (folder: string, device: number): Promise<void> => {
    for (const name of await readdir(folder).catch(() => [])) {
      const path = join(folder, name);
      const stats = isLeftOut(path) ? undefined : await lstat(path).catch(() => undefined);
      if (stats === undefined) {
        continue;
      }
      found.set(path, { change: 'made', kind: kindOf(stats), sign: signOf(stats) });
      if (stats.isDirectory() && stats.dev === device) {
        await walk(path, device);
      }
    }
  };
  for (const folder of folders) {
    const stats = await lstat(folder).catch(() => undefined);
    if (stats !== undefined) {
      await walk(folder, stats.dev);
    }
  }
  return found;
}
