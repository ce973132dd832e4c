import type { ResourceSnapshot, RunEnd, RunObserver, RunStart } from '../../executor/report.ts';
import type { ResourceSpec } from '../../standards/action.ts';
import type { HistoryRequest, RecurringStatus, ResourceStatus, Run } from '../model.ts';
import { ConnectionCounts } from './connection-counts.ts';
import { Counters } from './counters.ts';
import { EventLog } from './event-log.ts';
import { ResourceRecord } from './resource-record.ts';

/** So many resources that are gone are remembered, to be asked about. */
const MAX_RECORDS = 256;

/** What the daemon has been doing, in bounded memory. */
export class Recorder implements RunObserver {
  readonly counters = new Counters();
  readonly connections = new ConnectionCounts();
  readonly events = new EventLog();
  readonly #records = new Map<string, ResourceRecord>();
  readonly #nowMs: () => number;

  /** `nowMs`: milliseconds since 1970. */
  constructor(nowMs: () => number = Date.now) {
    this.#nowMs = nowMs;
  }

  began(start: RunStart): void {
    this.recordOf(start.request.rscId).began(start, this.#nowMs());
  }

  ended(end: RunEnd): void {
    const run = this.recordOf(end.rsc.id).ended(end, agentOf(end.rsc), this.#nowMs());
    this.counters.ended(end, run.isFailure);
  }

  cancelled({ request, callId }: Omit<RunStart, 'run'>): void {
    this.recordOf(request.rscId).cancelled(callId);
    this.counters.cancelled(request.rscId, request.action);
  }

  /** Of a resource that is there or was. */
  find(id: string): ResourceRecord | undefined {
    return this.#records.get(id);
  }

  history({ resource, limit, failuresOnly }: HistoryRequest): readonly Run[] {
    const records = resource === undefined ? [...this.#records.values()] : [this.#records.get(resource)];
    return records
      .flatMap((record) => {
        const runs = (record?.runs ?? []).filter((run) => run.isFailure || !failuresOnly);
        return limit === 0 ? runs : runs.slice(-limit);
      })
      .sort((one, other) => one.startedAtMs - other.startedAtMs);
  }

  /** What is known of a resource that is there now. */
  statusOf({ spec, operations }: ResourceSnapshot): ResourceStatus {
    const record = this.recordOf(spec.id);
    const { lastFailure } = record;
    return {
      id: spec.id,
      class: spec.class,
      ...(spec.provider === undefined ? {} : { provider: spec.provider }),
      type: spec.type,
      state: record.state,
      sinceMs: record.sinceMs,
      recurring: operations
        .filter(({ request }) => request.intervalMs > 0)
        .map(({ request }) => recurringOf(request, record)),
      running: record.running,
      failures: record.failures,
      restarts: Math.max(0, record.starts - 1),
      queued: operations.filter(({ state }) => ['pending', 'delayed', 'ready'].includes(state)).length,
      ...(lastFailure === undefined ? {} : { lastFailure }),
    };
  }

  recordOf(id: string): ResourceRecord {
    const known = this.#records.get(id);
    if (known !== undefined) {
      return known;
    }
    if (this.#records.size >= MAX_RECORDS) {
      const [oldest = ''] = this.#records.keys();
      this.#records.delete(oldest);
    }
    const made = new ResourceRecord(this.#nowMs());
    this.#records.set(id, made);
    return made;
  }
}

/** `ocf:heartbeat:apache`, `systemd:httpd`. */
export const agentOf = (spec: Omit<ResourceSpec, 'id'>): string =>
  [spec.class, spec.provider, spec.type].filter((part) => part !== undefined && part !== '').join(':');

function recurringOf(
  { action, intervalMs, timeoutMs }: ResourceSnapshot['operations'][number]['request'],
  record: ResourceRecord,
): RecurringStatus {
  const last = record.lastOf(action, intervalMs);
  return {
    action,
    intervalMs,
    timeoutMs,
    ...(last === undefined ? {} : { rc: last.rc, lastAtMs: last.atMs }),
  };
}
