import type { SeenProcess } from '../place.ts';
import { environmentOf, identityOf, readProcesses } from './process-table.ts';

/** In the environment of what the runner itself starts beside the agent: none of it is the agent's doing. */
export const HELPER_MARK = 'BUNDLET_CONFORMANCE_HELPER=1';

/** Which processes a check has brought about. */
export interface Members {
  list(): Promise<readonly SeenProcess[]>;
}

/** In a PID namespace: all but PID 1, this process, and helpers. */
export class NamespaceMembers implements Members {
  async list(): Promise<readonly SeenProcess[]> {
    const others = (await readProcesses()).filter(({ pid }) => pid !== 1 && pid !== process.pid);
    return withoutHelpers(others);
  }
}

/**
 * On a machine where others live, too: what has come since the beginning and has the mark in its environment, or descends from such a one, or
 * did when it was seen last.
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
        if (pids.has(parent)) {
          pids.add(pid);
        }
      }
    }
    const members = await withoutHelpers(all.filter(({ pid }) => pids.has(pid)));
    for (const member of members) {
      this.#known.add(identityOf(member));
    }
    return members;
  }
}

async function withoutHelpers(processes: readonly SeenProcess[]): Promise<readonly SeenProcess[]> {
  const areHelpers = await Promise.all(
    processes.map(async ({ pid }) => (await environmentOf(pid)).includes(HELPER_MARK)),
  );
  return processes.filter((_, at) => areHelpers[at] !== true);
}
