import { readFileSync } from 'node:fs';

/** The name of a spawner, and of a child of it that has not become its program yet. */
const NAME = 'pcmk-spawner';

/**
 * Helps a spawner that says nothing: it goes on if it was stopped, and a program that the kernel can't start for it, as
 * on a file system that does not answer, is killed. Everything else that it runs is left alone.
 */
export function helpSpawner(pid: number): void {
  send(pid, 'SIGCONT');
  for (const child of childrenOf(pid)) {
    if (read(`/proc/${child}/comm`) === `${NAME}\n`) {
      send(child, 'SIGKILL');
    }
  }
}

/** Ends a spawner that hangs: only then its init reaps what it ran. */
export function endSpawner(pid: number): void {
  send(pid, 'SIGKILL');
}

function childrenOf(pid: number): number[] {
  return (read(`/proc/${pid}/task/${pid}/children`).match(/\d+/g) ?? []).map(Number);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    // It has ended, or this kernel has no such list: then only its end is left.
    return '';
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already: its stream says so.
  }
}
