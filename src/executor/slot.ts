import type { Operation } from './operation.ts';

/** Holds a slot while an action runs that an earlier daemon began. */
export const INHERITED = Symbol('inherited');

/**
 * Who may run of one resource: at most one agent process at any time, in the order in which operations become due
 * [protocol 5.1, 5.2]. It belongs to the resource's id and not to its registration: an operation in flight outlives
 * that, and what a new registration brings waits for it.
 */
export class Slot {
  /** Whose agent runs, or was killed and is not gone yet. */
  #holder: Operation | typeof INHERITED | undefined;
  /** Due, in the order they became so. */
  readonly #ready: Operation[] = [];
  readonly #onFree: () => void;

  /** `onFree`: an agent is gone and nothing takes its place. */
  constructor(onFree: () => void) {
    this.#onFree = onFree;
  }

  get isHeldByEarlier(): boolean {
    return this.#holder === INHERITED;
  }

  get isFree(): boolean {
    return this.#holder === undefined;
  }

  /** Gives the operation its turn as soon as nothing else runs. */
  ask(operation: Operation): void {
    this.#ready.push(operation);
    this.#give();
  }

  /** Nothing gets a turn before `free(INHERITED)`. The slot is new. */
  occupy(): void {
    this.#holder = INHERITED;
  }

  /** Its agent is gone. */
  free(holder: Operation | typeof INHERITED): void {
    if (this.#holder === holder) {
      this.#holder = undefined;
      this.#give();
      if (this.isFree) {
        this.#onFree();
      }
    }
  }

  /** It does not wait for a turn any more. */
  forget(operation: Operation): void {
    const at = this.#ready.indexOf(operation);
    if (at !== -1) {
      this.#ready.splice(at, 1);
    }
  }

  #give(): void {
    if (this.#holder === undefined) {
      const next = this.#ready.shift();
      if (next !== undefined) {
        this.#holder = next;
        next.slot();
      }
    }
  }
}
