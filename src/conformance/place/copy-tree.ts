import type { Stats } from 'node:fs';
import { chmod, copyFile, lchown, lstat, lutimes, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Copies a file, a link or a folder with all in it, with owners, modes and times. Sockets, FIFOs and devices are left out. By ourselves:
 * the programs that could do it may be what is hidden.
 */
export async function copyTree(from: string, to: string): Promise<void> {
  const stats = await lstat(from);
  if (stats.isDirectory()) {
    await mkdir(to, { recursive: true });
    for (const name of await readdir(from)) {
      await copyTree(join(from, name), join(to, name));
    }
  } else if (stats.isSymbolicLink()) {
    await symlink(await readlink(from), to);
  } else if (stats.isFile()) {
    await copyFile(from, to);
  } else {
    return;
  }
  await takeOver(stats, to);
}

async function takeOver(stats: Stats, to: string): Promise<void> {
  await lchown(to, stats.uid, stats.gid).catch((error: NodeJS.ErrnoException) => {
    // In a user namespace owners that are not of it can't be named: it stays ours.
    if (error.code !== 'EINVAL') {
      throw error;
    }
  });
  if (!stats.isSymbolicLink()) {
    await chmod(to, stats.mode & 0o7777);
  }
  await lutimes(to, stats.atime, stats.mtime);
}
