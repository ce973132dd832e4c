import { emit } from '../observe/events.ts';
import type { ResourceSpec } from '../standards/action.ts';
import type { OperationTools } from './operation.ts';
import type { OperationReport, OperationRequest, Report, ResourceSnapshot } from './report.ts';
import { Resource } from './resource.ts';
import { INHERITED, Slot } from './slot.ts';

/** The recurring operations of one resource. */
export interface RecurringOperations {
  readonly rscId: string;
  readonly operations: readonly OperationRequest[];
}

/**
 * The table of resources and what is to be done with them. Results are told to `onReport`; a cancelled operation's
 * before the call that cancelled it returns [protocol 5.6, 5.7]. Operations of different resources run in parallel
 * without limit.
 */
export class Executor {
  readonly #tools: OperationTools;
  readonly #onReport: (report: Report) => void;
  readonly #resources = new Map<string, Resource>();
  /** By resource; of one that is gone as long as its last operation is in flight. */
  readonly #slots = new Map<string, Slot>();

  constructor(tools: OperationTools, onReport: (report: Report) => void) {
    this.#tools = tools;
    this.#onReport = onReport;
  }

  /** Registers a resource; one that is there already stays, unless its agent differs [protocol 4.2]. */
  register(spec: ResourceSpec, dropRecurring: boolean): void {
    const known = this.#resources.get(spec.id);
    if (known !== undefined) {
      if (isSameAgent(known.spec, spec)) {
        return;
      }
    }
    const tools = { ...this.#tools, slot: this.#slotOf(spec.id) };
    const resource = new Resource(spec, dropRecurring, tools, (report) => this.#report(report));
    this.#resources.set(spec.id, resource);
    known?.remove();
    const agent = [spec.class, spec.provider, spec.type].filter((part) => part !== undefined).join(':');
    emit('rsc.registered', { rsc: spec.id, agent });
  }

  /** `busy`: it is gone, but an operation of it goes on to its end [protocol 4.4]. */
  unregister(id: string): 'unknown' | 'done' | 'busy' {
    const resource = this.#resources.get(id);
    if (resource === undefined) {
      return 'unknown';
    }
    const { isBusy } = resource;
    this.#resources.delete(id);
    resource.remove();
    this.#forgetSlot(id);
    emit('rsc.unregistered', { rsc: id });
    return isBusy ? 'busy' : 'done';
  }

  info(id: string): ResourceSpec | undefined {
    return this.#resources.get(id)?.spec;
  }

  /** Queues an operation; false if there is no such resource. */
  exec(request: OperationRequest): boolean {
    const resource = this.#resources.get(request.rscId);
    if (resource === undefined) {
      return false;
    }
    const { rscId, action, intervalMs, callId } = request;
    emit('op.queued', { rsc: rscId, op: action, intervalMs, callId });
    resource.exec(request);
    return true;
  }

  /** Every resource and what is to be done with it, in the order in which they were registered. */
  snapshot(): readonly ResourceSnapshot[] {
    return [...this.#resources.values()].map((one) => ({ spec: one.spec, operations: one.snapshot() }));
  }

  /** @returns `unknown` resource, `none` to cancel, or `done` [protocol 4.6]. */
  cancel(id: string, action: string, intervalMs: number): 'unknown' | 'none' | 'done' {
    const resource = this.#resources.get(id);
    if (resource === undefined) {
      return 'unknown';
    }
    return resource.cancel(action, intervalMs) ? 'done' : 'none';
  }

  /** Of one resource, or of all; undefined if there is no such resource [protocol 4.7]. */
  recurring(id?: string): readonly RecurringOperations[] | undefined {
    if (id !== undefined && !this.#resources.has(id)) {
      return undefined;
    }
    return [...this.#resources.values()]
      .filter((resource) => id === undefined || resource.spec.id === id)
      .map((resource) => ({ rscId: resource.spec.id, operations: resource.recurring() }));
  }

  /**
   * A controller that hears of a deletion forgets the resource's history; one that was replaced, or is registered anew
   * while an operation still runs, is not deleted [pcmk execd_commands.c: send_cmd_complete_notify].
   */
  #report(report: OperationReport): void {
    this.#onReport({ ...report, rscDeleted: !this.#resources.has(report.request.rscId) });
  }

  /** The last controller left: resources registered so lose their recurring operations [protocol 3.8]. */
  dropRecurring(): void {
    for (const resource of this.#resources.values()) {
      if (resource.dropRecurring) {
        resource.cancelRecurring();
      }
    }
  }

  /** The slot of an id: that of a registration before, or even of a daemon before, while something is in flight. */
  #slotOf(id: string): Slot {
    const known = this.#slots.get(id);
    if (known !== undefined) {
      return known;
    }
    const slot = new Slot(() => this.#forgetSlot(id));
    this.#slots.set(id, slot);
    if (this.#tools.runner.waitForInherited?.(id, () => slot.free(INHERITED)) === true) {
      slot.occupy();
    }
    return slot;
  }

  #forgetSlot(id: string): void {
    if (!this.#resources.has(id) && this.#slots.get(id)?.isFree === true) {
      this.#slots.delete(id);
    }
  }
}

function isSameAgent(one: ResourceSpec, other: ResourceSpec): boolean {
  const keyOf = (spec: ResourceSpec): string =>
    [spec.class, spec.provider ?? '', spec.type].map((part) => part.toLowerCase()).join(':');
  return keyOf(one) === keyOf(other);
}
