import type { CheckedClass, Level } from './kinds.ts';
import type { Run } from './run.ts';

/** Something that is wrong with an agent. */
export interface Finding {
  /** What a good agent does: `0 from stop of a stopped resource`. */
  readonly expected: string;
  readonly seen: string;
  /** Numbers of the runs that show it. */
  readonly runs: readonly number[];
}

/**
 * `broken`: the check itself failed, which is a fault of this program and not of the agent; it makes the run fail to be judged.
 */
export type Verdict = 'passed' | 'failed' | 'skipped' | 'broken';

/** What came of one check. Immutable, JSON: part of the documented format [docs/conformance/formats.md]. */
export interface CheckResult {
  readonly id: string;
  readonly level: Level;
  readonly title: string;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Why it was skipped, or what broke. */
  readonly reason?: string;
  readonly notes: readonly string[];
  readonly ms: number;
  readonly runs: readonly Run[];
  /** A command that repeats this check alone. */
  readonly repeat: string;
}

/** What one action costs, over all ordinary runs of it that gave a right answer. Times in milliseconds. */
export interface ActionCost {
  readonly action: string;
  readonly count: number;
  readonly median: number;
  readonly p95: number;
  readonly max: number;
  readonly cpuMedian?: number;
  readonly forksMedian?: number;
}

/** What has changed since an earlier report; a line for people each. */
export interface Comparison {
  readonly regressions: readonly string[];
  readonly better: readonly string[];
}

/** The whole run. Secrets among the parameters are masked before this is made. */
export interface RunReport {
  readonly schemaVersion: 1;
  readonly bundlet: string;
  readonly agent: {
    readonly class: CheckedClass;
    readonly name: string;
    readonly path: string;
    readonly agentVersion?: string;
    readonly apiVersion?: string;
    readonly parameters: Readonly<Record<string, string>>;
  };
  readonly environment: {
    readonly system: string;
    readonly kernel: string;
    readonly user: string;
    /** `sandbox`, `in-place`, or `host:port` of the daemon that ran it. */
    readonly place: string;
    readonly seed: number;
  };
  readonly startedAt: string;
  readonly ms: number;
  readonly checks: readonly CheckResult[];
  readonly costs: readonly ActionCost[];
  readonly summary: Readonly<Record<'mustFailed' | 'shouldFailed' | 'passed' | 'skipped' | 'broken', number>>;
  /** Only with `--baseline`. */
  readonly comparison?: Comparison;
}

/** What happens while a run goes on, one line each in the format `ndjson`. */
export type RunEvent =
  | {
      readonly type: 'began';
      readonly report: Omit<RunReport, 'checks' | 'costs' | 'summary' | 'ms'>;
      readonly checks: readonly string[];
    }
  | { readonly type: 'check-began'; readonly id: string; readonly title: string }
  | { readonly type: 'action'; readonly id: string; readonly run: Run }
  | { readonly type: 'check-ended'; readonly result: CheckResult }
  | { readonly type: 'ended'; readonly report: RunReport };
