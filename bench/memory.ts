import { readdirSync, readFileSync } from 'node:fs';

const MEGABYTE_KB = 1024;

/** Memory of a group of processes, in MB. */
export interface MemorySample {
  /**
   * What the group alone needs: anonymous and shared-memory pages, and what of them is swapped out. Taken from
   * the proportional figures, so that pages which a parent and its fork share count once. Pages of program files
   * are left out on purpose: whether they are "private" depends on who else runs the same file at the moment.
   */
  readonly privateMb: number;
  readonly rssMb: number;
  readonly pssMb: number;
  readonly privateDirtyMb: number;
  readonly privateCleanMb: number;
  readonly processes: readonly string[];
}

const childrenOf = (pid: number): readonly number[] =>
  readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
      .split(' ')
      .filter((word) => word !== '')
      .map(Number),
  );

/** A process and everything below it, the process first. */
export const processTree = (pid: number): readonly number[] => [
  pid,
  ...childrenOf(pid).flatMap((child) => processTree(child)),
];

const rollup = (pid: number): ReadonlyMap<string, number> =>
  new Map(
    [...readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').matchAll(/^(\w+):\s+(\d+) kB$/gm)].map((match) => [
      match[1] ?? '',
      Number(match[2]),
    ]),
  );

const command = (pid: number): string =>
  readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim().slice(0, 120);

/** Of a process and everything below it. */
export const sampleMemory = (root: number): MemorySample => sampleMemoryOf(processTree(root));

export const sampleMemoryOf = (pids: readonly number[]): MemorySample => {
  const rollups = pids.map(rollup);
  const total = (...names: readonly string[]): number =>
    rollups.reduce((sum, fields) => {
      const missing = names.find((name) => !fields.has(name));
      if (missing !== undefined) {
        throw new Error(`Expected ${missing} in smaps_rollup; this needs Linux 5.4 or newer`);
      }
      return sum + names.reduce((own, name) => own + (fields.get(name) ?? 0), 0);
    }, 0) / MEGABYTE_KB;
  return {
    privateMb: total('Pss_Anon', 'Pss_Shmem', 'SwapPss'),
    rssMb: total('Rss'),
    pssMb: total('Pss'),
    privateDirtyMb: total('Private_Dirty'),
    privateCleanMb: total('Private_Clean'),
    processes: pids.map((pid, index) => `${command(pid)} (${rollups[index]?.get('Pss_Anon') ?? 0} kB)`),
  };
};
