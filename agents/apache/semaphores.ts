import { readFile } from 'node:fs/promises';
import { readProcess } from '../kit/index.ts';
import type { Context } from './parameters.ts';

/** A semaphore set of System V: with `Mutex sysvsem` a server has some, and one that was killed leaves them behind. */
export interface SemaphoreSet {
  readonly id: string;
  /** When it was made or given away, in seconds since 1970: another set that gets the number has another one. */
  readonly ctime: string;
}

/** All sets without a key, as Apache makes them: nobody else can open those. */
export async function listSemaphores(): Promise<readonly SemaphoreSet[]> {
  const text = await readFile('/proc/sysvipc/sem', 'utf8').catch(() => '');
  // key semid perms nsems uid gid cuid cgid otime ctime [proc(5)]
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([key]) => key === '0')
    .map(([, id = '', , , , , , , , ctime = '']) => ({ id, ctime }));
}

/** Those of `now` that were not there before. */
export const newSemaphores = (
  before: readonly SemaphoreSet[],
  now: readonly SemaphoreSet[],
): readonly SemaphoreSet[] => now.filter(({ id }) => !before.some((set) => set.id === id));

/**
 * Removes those that a server made and its death left. What came up beside it at the same moment is spared: a set goes
 * only when somebody used it and all who did are dead.
 */
export async function removeSemaphores(context: Context, sets: readonly SemaphoreSet[]): Promise<void> {
  if (sets.length === 0) {
    return;
  }
  const now = await listSemaphores();
  for (const { id } of sets.filter((set) =>
    now.some((one) => one.id === set.id && one.ctime === set.ctime),
  )) {
    if (await isAbandoned(context, id)) {
      const { code } = await context.run({ path: '/usr/bin/ipcrm', args: ['-s', id] });
      context.log.info(
        `Removed the semaphores ${id}, which a killed server left: ${code === 0 ? 'done' : 'failed'}`,
      );
    }
  }
}

/** Only the kernel's `semctl` knows who used it; `ipcs` of util-linux asks it, and prints a line for each semaphore. */
async function isAbandoned(context: Context, id: string): Promise<boolean> {
  const env = { ...context.env, LC_ALL: 'C' };
  const { stdout } = await context.run({ path: '/usr/bin/ipcs', args: ['-s', '-i', id], env });
  // semnum value ncount zcount pid
  const pids = [...stdout.matchAll(/^\s*\d+\s+-?\d+\s+\d+\s+\d+\s+(\d+)\s*$/gm)].map(([, pid]) =>
    Number(pid),
  );
  const users = await Promise.all(pids.filter((pid) => pid > 0).map(readProcess));
  return users.length > 0 && users.every((user) => user === undefined);
}
