import { readFileSync } from 'node:fs';

/**
 * Kills a process that this one has started, and all that descend from it; what has left its parents is not among them.
 * Each is stopped before its children are listed, so that it has no further ones meanwhile.
 */
export function killTree(pid: number | undefined): void {
  if (pid === undefined || !signal(pid, 'SIGSTOP')) {
    return; // it never ran, or its end is on the way
  }
  for (const child of childrenOf(pid)) {
    killTree(child);
  }
  signal(pid, 'SIGKILL');
}

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false; // gone already
  }
}

function childrenOf(pid: number): number[] {
  try {
    // Some bytes from the kernel's memory: nothing to wait for. Threads that fork are rare; the first one counts.
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
    return text === '' ? [] : text.split(' ').map(Number);
  } catch {
    return []; // gone, or a kernel without CONFIG_PROC_CHILDREN
  }
}
