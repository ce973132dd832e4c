import { chmodSync, closeSync, fstatSync, mkdtempSync, openSync, rmSync, statSync } from 'node:fs';
import { tryLock } from '../native/file-lock.ts';
import { removeAll } from './remove-all.ts';

/** Everybody may pass and nobody look: who may open what in it is said by each connection's own directory. */
const MODE = 0o711;
const TRIES = 8;

/**
 * The directory of one run of the daemon, which holds all files of its clients. It is locked as long as the daemon lives,
 * by whatever namespaces it is seen from, so that the next one can tell what a killed daemon left.
 */
export class RunDirectory {
  readonly path: string;
  readonly #lock: number;

  private constructor(path: string, lock: number) {
    this.path = path;
    this.#lock = lock;
  }

  /** @param prefix the path, to which something is added that can't be guessed @throws the system's error */
  static make(prefix: string): RunDirectory {
    for (let left = TRIES; left > 0; left -= 1) {
      const path = mkdtempSync(prefix);
      const lock = openIfThere(path);
      // Meanwhile another daemon may have taken it for a leftover; then it is gone, or about to be.
      if (lock !== undefined && tryLock(lock) && isAt(path, lock)) {
        chmodSync(path, MODE);
        return new RunDirectory(path, lock);
      }
      if (lock !== undefined) {
        closeSync(lock);
      }
    }
    throw new Error(`Expected to lock a new directory ${prefix}*, others removed ${TRIES} of them`);
  }

  /** Somebody has removed it, as one may who clears up a full file system. */
  get isGone(): boolean {
    return !isAt(this.path, this.#lock);
  }

  /** Removes it with everything in it. */
  remove(): void {
    // What has its name now, if anything, is not ours.
    if (!this.isGone) {
      removeAll(this.path);
    }
    closeSync(this.#lock);
  }
}

/** Removes what a dead daemon left; false where it lives. @throws the system's error */
export function removeIfDead(path: string): boolean {
  const lock = openSync(path, 'r');
  try {
    const isDead = tryLock(lock);
    if (isDead) {
      rmSync(path, { recursive: true, force: true });
    }
    return isDead;
  } finally {
    closeSync(lock);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw thrown;
  }
}

function isAt(path: string, fd: number): boolean {
  const now = statSync(path, { throwIfNoEntry: false });
  const opened = fstatSync(fd);
  return now !== undefined && now.dev === opened.dev && now.ino === opened.ino;
}
