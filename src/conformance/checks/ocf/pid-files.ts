import { lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { FileMark, SeenProcess } from '../../place.ts';
import type { Trial } from '../../trial.ts';

/** A number and a line's end fit; nobody writes more into such a file. */
const SIZE_LIMIT_BYTES = 64;
const NUMBER = /^\s*(\d{1,10})\s*$/;

/** A file whose only content is the number of a process. */
export interface PidFile {
  readonly path: string;
  readonly pid: number;
}

/** Files made or written since the mark that name one of these processes, or any process if none are given. */
export async function findPidFiles(
  { place }: Trial,
  mark: FileMark,
  processes?: readonly SeenProcess[],
): Promise<readonly PidFile[]> {
  const found: PidFile[] = [];
  for (const { path, kind, change } of await place.changedFiles(mark)) {
    if (kind !== 'file' || change === 'removed') {
      continue;
    }
    const pid = await numberIn(path);
    if (pid !== undefined && (processes === undefined || processes.some((process) => process.pid === pid))) {
      found.push({ path, pid });
    }
  }
  return found;
}

/** What can be wrong with a PID file, with the content that it then has; a directory can't be read by anybody. */
export const BROKEN_CONTENTS: readonly { readonly what: string; readonly content: string | 'directory' }[] = [
  { what: 'an empty PID file', content: '' },
  { what: 'garbage in the PID file', content: 'garbage\n' },
  // Above what Linux gives: PID_MAX_LIMIT is 2^22.
  { what: 'an impossible number in the PID file', content: '99999999\n' },
  { what: 'a PID file that can not be read', content: 'directory' },
];

/** Puts something in place of a PID file. */
export async function replaceFile(path: string, content: string | 'directory'): Promise<void> {
  await removeFile(path);
  if (content === 'directory') {
    await mkdir(path, { recursive: true });
  } else {
    await writeFile(path, content);
  }
}

export async function removeFile(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}

async function numberIn(path: string): Promise<number | undefined> {
  try {
    const { size } = await lstat(path);
    if (size === 0 || size > SIZE_LIMIT_BYTES) {
      return undefined;
    }
    const digits = NUMBER.exec(await readFile(path, 'latin1'))?.[1];
    return digits === undefined ? undefined : Number(digits);
  } catch {
    // Gone since it was seen, or not for us to read: not one that can be told.
    return undefined;
  }
}
