import { readFile } from 'node:fs/promises';
import { AgentFailure, OCF } from '../../kit/index.ts';
import type { NfsContext } from '../parameters.ts';

/** Where the kernel's server is told what to do. */
export const PROC_NFSD = '/proc/fs/nfsd';

/** How long the kernel may take to answer a question. */
const ANSWER_MS = 3000;

/** One file system in the tree. */
export interface Mount {
  readonly path: string;
  /** Such as `nfsd`. */
  readonly type: string;
  /** Options of the file system, not of this mount. */
  readonly options: readonly string[];
}

/** Reads `/proc/self/mountinfo`; later ones lie on top of earlier ones [proc(5)]. */
export function parseMounts(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const [place = '', source] = line.split(' - ');
    const path = place.split(' ')[4];
    const [type, , options = ''] = source?.split(' ') ?? [];
    return path === undefined || type === undefined
      ? []
      : [{ path: unescaped(path), type, options: options.split(',') }];
  });
}

/** The versions that are switched on, of `/proc/fs/nfsd/versions`, such as `-2 +3 +4 +4.1 -4.2`. */
export function parseVersions(text: string): ReadonlySet<string> {
  const words = text.trim().split(/\s+/);
  return new Set(words.filter((word) => word.startsWith('+')).map((word) => word.slice(1)));
}

/** Whether `/proc/filesystems` has one. */
export function hasFileSystem(text: string, type: string): boolean {
  return text.split('\n').some((line) => line.split('\t').at(-1) === type);
}

/** Whether `/proc/self/status` tells of a capability, by its number [capabilities(7)]. */
export function hasCapability(status: string, bit: number): boolean {
  const mask = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
  return ((BigInt(`0x${mask}`) >> BigInt(bit)) & 1n) === 1n;
}

/** All that is mounted in this mount namespace. */
export async function listMounts(): Promise<readonly Mount[]> {
  return parseMounts(await readFile('/proc/self/mountinfo', 'utf8'));
}

/** What lies on top at a path. */
export function mountAt(mounts: readonly Mount[], path: string): Mount | undefined {
  return mounts.findLast((mount) => mount.path === path);
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
  const answered = new AbortController();
  const tooLate = clock.sleep(ANSWER_MS, AbortSignal.any([signal, answered.signal])).then(
    () => {
      const reason = `Expected the kernel to answer within ${ANSWER_MS} ms what ${path} says, got nothing: its NFS server hangs`;
      throw new AgentFailure(OCF.ERR_GENERIC, reason);
    },
    () => undefined, // answered, or the action is over
  );
  try {
    return await Promise.race([pending, tooLate]);
  } finally {
    answered.abort();
    signal.throwIfAborted();
  }
}

/** Blanks and the like are written as three octal digits there. */
const unescaped = (path: string): string =>
  path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
