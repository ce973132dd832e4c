import { readFile } from 'node:fs/promises';
import { AgentFailure, LinkedAbort, OCF } from '../../kit/index.ts';
import type { NfsContext } from '../parameters.ts';

/** Where the kernel's server is told what to do. */
export const PROC_NFSD = '/proc/fs/nfsd';

/** How long the kernel may take to answer a question. */
const ANSWER_MS = 3000;

/** The versions that are switched on, of `/proc/fs/nfsd/versions`, such as `-2 +3 +4 +4.1 -4.2`. */
export function parseVersions(text: string): ReadonlySet<string> {
  const words = text.trim().split(/\s+/);
  return new Set(words.filter((word) => word.startsWith('+')).map((word) => word.slice(1)));
}

/** Whether `/proc/filesystems` has one. */
export function hasFileSystem(text: string, type: string): boolean {
  return text.split('\n').some((line) => line.split('\t').at(-1) === type);
}

/** How many threads the server of this network namespace has; undefined where `/proc/fs/nfsd` is not mounted. */
export async function readThreads(context: NfsContext): Promise<number | undefined> {
  const text = await readKernelFile(context, `${PROC_NFSD}/threads`);
  return text === undefined ? undefined : Number(text) || 0;
}

/** The versions that the server of this network namespace answers. */
export async function readVersions(context: NfsContext): Promise<ReadonlySet<string>> {
  return parseVersions((await readKernelFile(context, `${PROC_NFSD}/versions`)) ?? '');
}

/**
 * Reads a file of nfsd; undefined if there is none. Behind each is a lock that a server holds which can't stop because a
 * disk doesn't answer: one read waits there, and no other is sent after it, since each takes one of the few threads that
 * Node has for files.
 * @throws AgentFailure ERR_GENERIC
 */
async function readKernelFile(context: NfsContext, path: string): Promise<string | undefined> {
  const { cache, clock, signal } = context;
  const key = `reading ${path}`;
  let pending = cache.get(key) as Promise<string | undefined> | undefined;
  if (pending === undefined) {
    pending = readFile(path, 'utf8')
      .catch(() => undefined)
      .finally(() => cache.delete(key));
    cache.set(key, pending);
  }
  const answered = new LinkedAbort(signal);
  const tooLate = clock.sleep(ANSWER_MS, answered.signal).then(
    () => {
      const reason = `Expected the kernel to answer within ${ANSWER_MS} ms what ${path} says, got nothing: its NFS server hangs`;
      throw new AgentFailure(OCF.ERR_GENERIC, reason);
    },
    () => undefined, // answered, or the action is over
  );
  try {
    return await Promise.race([pending, tooLate]);
  } finally {
    answered.abort(undefined);
    answered.release();
    signal.throwIfAborted();
  }
}
