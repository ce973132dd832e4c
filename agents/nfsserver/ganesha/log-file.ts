import { lstat, open, rename, stat } from 'node:fs/promises';
import { firstFault } from './log.ts';

/** What is read of a log at once: a start with EVENT takes 6 KB. */
const LIMIT_BYTES = 64 * 1024;

/** The former log goes aside: what is in the next one is of the next start. Nothing but a log does: `/dev/null` stays. */
export async function setAside(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined); // there is none before the first start
  if (found?.isFile() === true) {
    await rename(path, `${path}.1`).catch(() => undefined);
  }
}

/** How long the log is now; where `readFrom` is to begin later. */
export async function endOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

/** What was written from a place on, at most 64 KB; empty if there is no log. */
export async function readFrom(path: string, start: number): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) {
    return '';
  }
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LIMIT_BYTES), 0, LIMIT_BYTES, start);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The first fault that was written from a place on. */
export const faultFrom = async (path: string, start: number): Promise<string | undefined> =>
  firstFault(await readFrom(path, start));
