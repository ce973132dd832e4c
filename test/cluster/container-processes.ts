import { readFileSync } from 'node:fs';

/** Processes of a control group that run this program, as the machine numbers them. */
export function processesIn(group: string, program: string): number[] {
  return readFileSync(`${group}/cgroup.procs`, 'utf8')
    .split('\n')
    .filter((pid) => pid !== '' && commandOf(pid) === program)
    .map(Number);
}

function commandOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return undefined; // it ended meanwhile
  }
}
