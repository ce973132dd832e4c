import type { ResourceSpec } from '../standards/action.ts';
import { Operation, type OperationOwner, type OperationTools } from './operation.ts';
import type { OperationReport, OperationRequest, OperationSnapshot } from './report.ts';
import type { Slot } from './slot.ts';

/** What a resource needs: an operation's tools, and the slot of its id. */
export interface ResourceTools extends OperationTools {
  readonly slot: Slot;
}

/**
 * One resource with its operations. At most one agent process of a resource runs at any time; one-shots and
 * recurring runs take turns in the order in which they become due [protocol 5.1, 5.2].
 */
export class Resource implements OperationOwner {
  readonly spec: ResourceSpec;
  /** Recurring operations go when the last controller leaves [protocol 3.6]. */
  readonly dropRecurring: boolean;
  readonly #tools: OperationTools;
  readonly #slot: Slot;
  readonly #onReport: (report: OperationReport) => void;
  /** All that have not ended, in the order they were asked for. */
  readonly #operations = new Set<Operation>();
  /** Left the queue, has no result yet: what is behind it waits. */
  #active: Operation | undefined;
  #removed = false;

  constructor(
    spec: ResourceSpec,
    dropRecurring: boolean,
    tools: ResourceTools,
    onReport: (report: OperationReport) => void,
  ) {
    this.spec = spec;
    this.dropRecurring = dropRecurring;
    this.#tools = tools;
    this.#slot = tools.slot;
    this.#onReport = onReport;
  }

  /** True while an operation out of the queue is due or runs; unregistering then answers "in progress". */
  get isBusy(): boolean {
    return this.#active?.state === 'ready' || this.#active?.state === 'running';
  }

  /** Recurring operations that were begun, for `lrmd_get_recurring` [protocol 4.7]. */
  recurring(): OperationRequest[] {
    return [...this.#operations].filter((op) => op.isRecurring && op.hasRun).map((op) => op.request);
  }

  snapshot(): readonly OperationSnapshot[] {
    return [...this.#operations].map(({ request, callId, state }) => ({ request, callId, state }));
  }

  exec(request: OperationRequest): void {
    const duplicate = this.#findDuplicate(request);
    if (duplicate !== undefined) {
      duplicate.merge(request);
      return;
    }
    if (request.action.toLowerCase() === 'stop') {
      this.cancelRecurring();
    }
    this.#operations.add(new Operation(request, this, this.#tools));
    this.#advance();
  }

  /** Returns whether there was something to cancel [protocol 4.6]. */
  cancel(action: string, intervalMs: number): boolean {
    return [...this.#operations].some((op) => op.matches(action, intervalMs) && op.cancel());
  }

  /** Cancels every recurring operation, whoever asked for it [protocol 5.6]. */
  cancelRecurring(): void {
    for (const op of [...this.#operations]) {
      if (op.isRecurring) {
        op.cancel();
      }
    }
  }

  /** The resource goes [protocol 5.7]. */
  remove(): void {
    // First: one that goes must not give its turn to one that goes next.
    this.#removed = true;
    for (const op of [...this.#operations]) {
      op.remove();
    }
  }

  askSlot(operation: Operation): void {
    this.#slot.ask(operation);
  }

  get isHeldByEarlier(): boolean {
    return this.#slot.isHeldByEarlier;
  }

  freeSlot(operation: Operation): void {
    this.#slot.free(operation);
  }

  settled(operation: Operation): void {
    if (operation.state === 'ended') {
      this.#operations.delete(operation);
    }
    this.#slot.forget(operation);
    if (this.#active === operation) {
      this.#active = undefined;
    }
    this.#advance();
  }

  report(report: OperationReport): void {
    this.#onReport(report);
  }

  /** [pcmk execd_commands.c: merge_recurring_duplicate] */
  #findDuplicate(request: OperationRequest): Operation | undefined {
    if (request.intervalMs === 0) {
      return undefined;
    }
    return [...this.#operations].find((op) => op.matches(request.action, request.intervalMs));
  }

  /** Only the head of the queue is looked at: in its start delay it holds up all behind it [protocol 5.2]. */
  #advance(): void {
    if (this.#active !== undefined || this.#removed) {
      return;
    }
    for (const op of this.#operations) {
      if (op.state === 'pending') {
        this.#active = op;
        op.turn();
        return;
      }
    }
  }
}
