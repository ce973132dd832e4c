import { emit } from '../observe/events.ts';
import type { Exit, InheritedRun } from '../process/runner.ts';
import type { Action } from './action.ts';

/** What a command's `purpose` says. */
interface Purpose {
  readonly rsc: string;
  readonly op: string;
  readonly intervalMs: number;
  readonly callId?: number;
}

/** What the next daemon must know of a command that outlives this one. */
export function purposeOf({ rsc, name, intervalMs, callId }: Action): string {
  const purpose: Purpose = {
    rsc: rsc.id,
    op: name,
    intervalMs,
    ...(callId === undefined ? {} : { callId }),
  };
  return JSON.stringify(purpose);
}

/** Actions that an earlier daemon began and that still run: their resources must wait. */
export class InheritedActions {
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #running = new Map<string, number>();

  /** Takes what the spawner told. What is no action of a resource is only let run. */
  add(runs: readonly InheritedRun[]): void {
    for (const run of runs) {
      const purpose = readPurpose(run.purpose);
      const { pid, ageMs } = run;
      emit('op.inherited', { ...purpose, pid, ageMs });
      if (purpose === undefined) {
        continue;
      }
      const { rsc } = purpose;
      this.#running.set(rsc, (this.#running.get(rsc) ?? 0) + 1);
      run.ended.then((exit) => {
        emit('op.inherited-ended', { ...purpose, pid, ...describe(exit) });
        this.#end(rsc);
      });
    }
  }

  /** Whether there is something to wait for; `onFree` is called then, once nothing of the resource runs any more. */
  wait(rscId: string, onFree: () => void): boolean {
    if (!this.#running.has(rscId)) {
      return false;
    }
    const waiting = this.#waiting.get(rscId) ?? new Set();
    this.#waiting.set(rscId, waiting.add(onFree));
    return true;
  }

  #end(rscId: string): void {
    const left = (this.#running.get(rscId) ?? 0) - 1;
    if (left > 0) {
      this.#running.set(rscId, left);
      return;
    }
    this.#running.delete(rscId);
    const waiting = this.#waiting.get(rscId) ?? [];
    this.#waiting.delete(rscId);
    for (const onFree of waiting) {
      onFree();
    }
  }
}

/** `undefined` for what no daemon of ours wrote. */
function readPurpose(text: string): Purpose | undefined {
  try {
    const value = JSON.parse(text) as Partial<Purpose> | null;
    return typeof value?.rsc === 'string' && typeof value.op === 'string' ? (value as Purpose) : undefined;
  } catch {
    return undefined;
  }
}

function describe(exit: Exit): { exit: string; code?: number; signal?: string } {
  switch (exit.kind) {
    case 'exited':
      return { exit: exit.kind, code: exit.code };
    case 'signalled':
      return { exit: exit.kind, signal: exit.signal };
    default:
      return { exit: exit.kind };
  }
}
