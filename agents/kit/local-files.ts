import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Magic numbers of file systems that ask nobody beyond this machine [statfs(2)]; an image's layers are such, too. */
const LOCAL_TYPES: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0x2fc12fc1, // zfs
  0xf2f52010, // f2fs
  0x794c7630, // overlay
  0x73717368, // squashfs
  0xe0f5e1e2, // erofs
  0x01021994, // tmpfs
  0x858458f6, // ramfs
  0x9fa0, // proc
]);

/**
 * Whether all paths lie on file systems of this machine, or would: only such may be looked at at once, which costs a
 * tenth of a look through Node's threads; one of the network may take minutes, in which nobody else got his turn. Asks
 * through the threads, so remember the answer as long as the paths are the same. Rejects never; what can't be told is no.
 */
export async function areLocal(paths: Iterable<string>): Promise<boolean> {
  const answers = await Promise.all([...paths].map(isLocal));
  return answers.every(Boolean);
}

async function isLocal(path: string): Promise<boolean> {
  try {
    return LOCAL_TYPES.has((await statfs(path)).type);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return isMissing && path !== dirname(path) && isLocal(dirname(path));
  }
}
