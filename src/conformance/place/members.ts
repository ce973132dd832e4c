import type { SeenProcess } from '../place.ts';
import { environmentOf, identityOf, readProcesses } from './process-table.ts';

/** Which processes a check has brought about. */
export interface Members {
  list(): Promise<readonly SeenProcess[]>;
}

/** In a PID namespace: all but PID 1 and this process. */
export class NamespaceMembers implements Members {
  async list(): Promise<readonly SeenProcess[]> {
    return (await readProcesses()).filter(({ pid }) => pid !== 1 && pid !== process.pid);
  }
}

/**
 * On a machine where others live, too: what has the mark in its environment, or descends from such a one or from this process, or did when it
 * was seen last. A daemon that empties its environment before anybody has seen it is missed.
 */
export class MarkedMembers implements Members {
  readonly #mark: string;
  readonly #known = new Set<string>();

  /** `mark` is a variable with its value, of this check alone. */
  constructor(mark: string) {
    this.#mark = mark;
  }

  async list(): Promise<readonly SeenProcess[]> {
    const all = (await readProcesses()).filter(({ pid }) => pid !== process.pid);
    const pids = new Set<number>();
    for (const seen of all) {
      if (this.#known.has(identityOf(seen)) || (await environmentOf(seen.pid)).includes(this.#mark)) {
        pids.add(seen.pid);
      }
    }
    for (let size = -1; size !== pids.size; ) {
      size = pids.size;
      for (const { pid, parent } of all) {
        if (parent === process.pid || pids.has(parent)) {
          pids.add(pid);
        }
      }
    }
    const members = all.filter(({ pid }) => pids.has(pid));
    for (const member of members) {
      this.#known.add(identityOf(member));
    }
    return members;
  }
}
