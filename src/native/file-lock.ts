import { koffi } from './koffi.ts';

const LOCK_EX_NB = 2 | 4;

type Flock = (fd: number, operation: number) => number;

let flock: Flock | undefined;

/**
 * Takes an open file or directory for this process alone [flock(2)], across all namespaces that see it; the kernel gives
 * it back when the descriptor is closed, and so when the process dies. Returns false when another holds it.
 */
export function tryLock(fd: number): boolean {
  flock ??= koffi().load(null).func('int flock(int fd, int operation)') as Flock;
  return flock(fd, LOCK_EX_NB) === 0;
}
