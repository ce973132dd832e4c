import type { RunEnd } from '../../executor/report.ts';
import { STATUS } from '../../standards/result.ts';

/** Upper bounds of the buckets, in seconds: from an agent in the daemon to a start of a large database. */
export const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] as const;

/** So many pairs of resource and action are told apart; others are counted as the resource `other`. */
const MAX_SERIES = 500;

/** A histogram as OpenMetrics has it. */
export class Histogram {
  /** One more than bounds: the last is for everything above. */
  readonly counts = new Uint32Array(BUCKETS.length + 1);
  sum = 0;

  observe(seconds: number): void {
    const at = BUCKETS.findIndex((bound) => seconds <= bound);
    const index = at === -1 ? BUCKETS.length : at;
    this.counts[index] = (this.counts[index] ?? 0) + 1;
    this.sum += seconds;
  }
}

/** Operations of one action of one resource. */
export interface OperationCounts {
  readonly resource: string;
  readonly action: string;
  readonly results: Map<OperationResult, number>;
  readonly durations: Histogram;
}

export const OPERATION_RESULTS = ['ok', 'failed', 'timed_out', 'cancelled'] as const;
export type OperationResult = (typeof OPERATION_RESULTS)[number];

/** Counts of operations since the daemon started. */
export class Counters {
  readonly #operations = new Map<string, OperationCounts>();
  readonly lateness = new Histogram();

  get operations(): Iterable<OperationCounts> {
    return this.#operations.values();
  }

  ended({ request, result, execTimeMs, latenessMs }: RunEnd, isFailure: boolean): void {
    const word = result.status === STATUS.timedOut ? 'timed_out' : isFailure ? 'failed' : 'ok';
    const counts = this.#count(request.rscId, request.action, word);
    counts.durations.observe(execTimeMs / 1000);
    if (request.intervalMs > 0) {
      this.lateness.observe(latenessMs / 1000);
    }
  }

  cancelled(resource: string, action: string): void {
    this.#count(resource, action, 'cancelled');
  }

  #count(resource: string, action: string, result: OperationResult): OperationCounts {
    const counts = this.#countsOf(resource, action);
    counts.results.set(result, (counts.results.get(result) ?? 0) + 1);
    return counts;
  }

  #countsOf(resource: string, action: string): OperationCounts {
    const key = `${resource}\0${action}`;
    const known = this.#operations.get(key);
    if (known !== undefined) {
      return known;
    }
    if (this.#operations.size >= MAX_SERIES && resource !== 'other') {
      return this.#countsOf('other', 'other');
    }
    const made = { resource, action, results: new Map(), durations: new Histogram() };
    this.#operations.set(key, made);
    return made;
  }
}
