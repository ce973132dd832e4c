// What the requests mean, in the order in which the daemon handled them: which operations there were, which were
// merged, and what took them away. Only what does not depend on time is decided here.
import type { Asked, Cancel, Exec, Register } from './history.ts';

/** A request that takes operations away. */
export type Removal = Exclude<Asked, { readonly what: 'list' | 'poke' }>;

/** An operation with all requests that were merged into it. */
export interface Operation {
  /** Parameters, options and origin are those of the first [protocol 5.4]. */
  readonly first: Exec;
  readonly execs: readonly Exec[];
  readonly isRecurring: boolean;
  /** A recurring operation lives until this; a one-shot may have ended before. */
  readonly removal?: Removal;
}

/** What can be said of the replies beforehand, and what the requests came to. */
export interface Meaning {
  readonly operations: readonly Operation[];
  readonly byCallId: ReadonlyMap<number, Operation>;
  /** Per request: the return codes that are right. */
  readonly rightRcs: ReadonlyMap<Asked, readonly number[]>;
  /** Recurring operations of the resource when it was asked for a list, or undefined if there was no resource. */
  readonly living: ReadonlyMap<Asked, readonly Operation[] | undefined>;
}

const NO_SUCH_RESOURCE = -19;
const NOTHING_TO_CANCEL = -95;
const IN_PROGRESS = -115;

interface Draft {
  readonly first: Exec;
  readonly execs: Exec[];
  readonly isRecurring: boolean;
  removal?: Removal;
}

interface Resource {
  readonly type: string;
  readonly drop: boolean;
  /** Whatever may still have something to tell: one-shots are never taken out. */
  readonly operations: Draft[];
}

/** The action and the interval name a recurring operation, whatever the case of the letters. */
export function isSameOperation(
  one: { readonly action: string; readonly intervalMs: number },
  other: { readonly action: string; readonly intervalMs: number },
): boolean {
  return one.intervalMs === other.intervalMs && one.action.toLowerCase() === other.action.toLowerCase();
}

/** Goes through the requests in the order of their numbers. */
export function meaningOf(asked: readonly Asked[]): Meaning {
  const reader = new Reader();
  for (const request of [...asked].sort((one, other) => one.callId - other.callId)) {
    reader.rightRcs.set(request, reader.read(request));
  }
  const byCallId = new Map(reader.operations.flatMap((op) => op.execs.map(({ callId }) => [callId, op])));
  return { operations: reader.operations, byCallId, rightRcs: reader.rightRcs, living: reader.living };
}

class Reader {
  readonly operations: Draft[] = [];
  readonly rightRcs = new Map<Asked, readonly number[]>();
  readonly living = new Map<Asked, readonly Draft[] | undefined>();
  readonly #resources = new Map<string, Resource>();

  /** Gives the return codes that are right. */
  read(request: Asked): readonly number[] {
    switch (request.what) {
      case 'register':
        this.#register(request);
        return [0];
      case 'exec':
        return [this.#exec(request)];
      case 'cancel':
        return this.#cancel(request);
      case 'unregister':
        return this.#unregister(request);
      case 'list':
        this.living.set(request, this.#livingOf(request.rscId));
        return [this.#resources.has(request.rscId) ? 0 : NO_SUCH_RESOURCE];
      case 'all-left':
        this.#allLeft(request);
        return [0];
      case 'poke':
        return [0];
    }
  }

  #register(request: Register): void {
    const known = this.#resources.get(request.rscId);
    if (known?.type === request.type) {
      return;
    }
    this.#delete(request);
    const { type, drop } = request;
    this.#resources.set(request.rscId, { type, drop, operations: [] });
  }

  #exec(request: Exec): number {
    const resource = this.#resources.get(request.rscId);
    if (resource === undefined) {
      return NO_SUCH_RESOURCE;
    }
    const isRecurring = request.intervalMs > 0;
    const same = isRecurring ? living(resource).find((op) => isSameOperation(op.first, request)) : undefined;
    if (same !== undefined) {
      same.execs.push(request);
      return request.callId;
    }
    if (request.action === 'stop') {
      remove(living(resource), request);
    }
    const operation = { first: request, execs: [request], isRecurring };
    resource.operations.push(operation);
    this.operations.push(operation);
    return request.callId;
  }

  /** A one-shot may be cancelled before it runs, so only the history knows whether there was one. */
  #cancel(request: Cancel): readonly number[] {
    const resource = this.#resources.get(request.rscId);
    if (resource === undefined) {
      return [NO_SUCH_RESOURCE];
    }
    if (request.intervalMs === 0) {
      const hadOne = resource.operations.some((op) => isSameOperation(op.first, request));
      return hadOne ? [0, NOTHING_TO_CANCEL] : [NOTHING_TO_CANCEL];
    }
    const found = living(resource).filter((op) => isSameOperation(op.first, request));
    remove(found, request);
    return [found.length > 0 ? 0 : NOTHING_TO_CANCEL];
  }

  #unregister(request: Removal & { readonly rscId: string }): readonly number[] {
    const resource = this.#resources.get(request.rscId);
    this.#delete(request);
    // An operation in flight may just have ended; where there was none the answer is certain.
    return resource !== undefined && resource.operations.length > 0 ? [0, IN_PROGRESS] : [0];
  }

  #delete(request: Removal & { readonly rscId: string }): void {
    for (const op of this.#resources.get(request.rscId)?.operations ?? []) {
      op.removal ??= request;
    }
    this.#resources.delete(request.rscId);
  }

  #allLeft(request: Removal): void {
    for (const resource of this.#resources.values()) {
      if (resource.drop) {
        remove(living(resource), request);
      }
    }
  }

  #livingOf(rscId: string): readonly Draft[] | undefined {
    const resource = this.#resources.get(rscId);
    return resource === undefined ? undefined : living(resource);
  }
}

function living(resource: Resource): Draft[] {
  return resource.operations.filter((op) => op.isRecurring && op.removal === undefined);
}

function remove(operations: readonly Draft[], removal: Removal): void {
  for (const op of operations) {
    op.removal = removal;
  }
}
