import type { AgentError } from '../errors/agent-error.ts';
import type { Completion } from '../protocol/completion.ts';
import type { OperationKey } from '../protocol/rsc.ts';
import { EventQueue } from './event-queue.ts';

/** The status of a cancelled operation [protocol 5.11]; it is the last result of a recurring one. */
const CANCELLED = 1;

/** An operation that a daemon queued for us. */
export class RemoteOperation {
  /** The daemon's number of it; its results carry the same. */
  readonly callId: number;
  /** The first result. Rejects with CONNECTION_LOST when the connection ends before. */
  readonly result: Promise<Completion>;
  readonly #settle: PromiseWithResolvers<Completion>;
  readonly #readers = new Set<EventQueue<Completion>>();
  readonly #isRecurring: boolean;
  #isOver = false;
  /** What came together with the reply to exec, before its caller could ask for results. */
  #early: Completion[] | undefined = [];

  readonly #key: OperationKey;

  /** @internal made by `RemoteClient.exec` */
  constructor(callId: number, key: OperationKey) {
    this.callId = callId;
    this.#key = key;
    this.#isRecurring = key.intervalMs > 0;
    this.#settle = Promise.withResolvers<Completion>();
    this.result = this.#settle.promise;
    // Who doesn't want the result need not handle its failure.
    this.result.catch(() => undefined);
    // By then the caller of `exec` has been told of this operation.
    setImmediate(() => {
      this.#early = undefined;
    });
  }

  /** True when no more results will come. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Every result from now on, until the operation is cancelled or the connection ends; none is missed by who asks as
   * soon as `exec` has resolved, not even one that came with its reply.
   */
  results(): AsyncIterableIterator<Completion> {
    const reader = new EventQueue<Completion>(() => this.#readers.delete(reader));
    for (const result of this.#early ?? []) {
      reader.push(result);
    }
    if (this.#isOver) {
      reader.end();
    } else {
      this.#readers.add(reader);
    }
    return reader;
  }

  /** @internal */
  deliver(result: Completion): void {
    this.#settle.resolve(result);
    this.#early?.push(result);
    for (const reader of this.#readers) {
      reader.push(result);
    }
    if (!this.#isRecurring || result.status === CANCELLED) {
      this.#end();
    }
  }

  /**
   * Whether a result with a newer call id is ours all the same: the daemon merged an equal recurring operation with
   * this one, which then speaks with the newer call id only [protocol 5.4].
   * @internal
   */
  wasMergedInto(result: Completion): boolean {
    const { rscId, action, intervalMs } = this.#key;
    return (
      this.#isRecurring &&
      result.callId > this.callId &&
      result.rscId === rscId &&
      result.intervalMs === intervalMs &&
      result.action.toLowerCase() === action.toLowerCase()
    );
  }

  /** The last result under this call id. @internal */
  supersede(result: Completion): void {
    this.deliver(result);
    this.#end();
  }

  /** @internal */
  fail(error: AgentError): void {
    this.#settle.reject(error);
    this.#end();
  }

  #end(): void {
    this.#isOver = true;
    for (const reader of this.#readers) {
      reader.end();
    }
    this.#readers.clear();
  }
}
