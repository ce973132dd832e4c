import { AsyncLocalStorage } from 'node:async_hooks';

/** Who is told of what its code threw where nobody catches it. */
export interface FaultOwner {
  fault(error: unknown): void;
}

/**
 * Tells whose code runs, so that a fault in an agent's is not taken for one of the daemon: Node carries the mark through
 * timers, promises and events, to the handler of uncaught errors.
 */
export class Faults {
  readonly #owners = new AsyncLocalStorage<FaultOwner | undefined>();

  /** Runs code of the owner, with all that comes of it. */
  within<T>(owner: FaultOwner, work: () => T): T {
    return this.#owners.run(owner, work);
  }

  /** Runs code of the daemon on behalf of whoever has called. */
  outside<T>(work: () => T): T {
    return this.#owners.run(undefined, work);
  }

  /** To be asked by the handler of uncaught errors itself: whether it was an owner's, which is told then. */
  claim(error: unknown): boolean {
    const owner = this.#owners.getStore();
    if (owner === undefined) {
      return false;
    }
    this.outside(() => owner.fault(error));
    return true;
  }
}
