import type { RunEnd, RunStart } from '../../executor/report.ts';
import { maskedText, shownParameters } from '../../standards/masked.ts';
import type { ResourceState, Run, RunningStatus } from '../model.ts';
import { hangOf } from './hang-of.ts';
import { isFailure, STATE_DURING, stateAfter, statusWord } from './judge.ts';
import { Ring } from './ring.ts';

/** So many runs of a resource are kept. */
export const KEPT_RUNS = 40;

/** So much of the end of an agent's output, in characters. */
const KEPT_OUTPUT = 2048;

/** What a resource has been doing since the daemon knows it. */
export class ResourceRecord {
  readonly #runs = new Ring<Run>(KEPT_RUNS);
  readonly #running = new Map<number, RunningStatus>();
  /** The last result of each recurring operation, by action and interval. */
  readonly #last = new Map<string, { readonly rc: number; readonly atMs: number }>();
  /** What it was used with last: of each action, and of any. */
  readonly #parameters = new Map<string, ReadonlyMap<string, string>>();
  state: ResourceState = 'unknown';
  sinceMs: number;
  lastFailure: Run | undefined;
  failures = 0;
  /** Starts that succeeded. */
  starts = 0;

  constructor(nowMs: number) {
    this.sinceMs = nowMs;
  }

  get runs(): readonly Run[] {
    return this.#runs.toArray();
  }

  get running(): readonly RunningStatus[] {
    return [...this.#running.values()];
  }

  lastOf(action: string, intervalMs: number): { readonly rc: number; readonly atMs: number } | undefined {
    return this.#last.get(`${action}/${intervalMs}`);
  }

  /** Unmasked: what an action is to be run with that somebody asks for by hand. */
  parametersFor(action: string): ReadonlyMap<string, string> | undefined {
    return this.#parameters.get(action) ?? this.#parameters.get('');
  }

  began({ request, callId }: RunStart, nowMs: number): void {
    const { action, intervalMs, timeoutMs, parameters } = request;
    this.#parameters.set(action, parameters);
    this.#parameters.set('', parameters);
    this.#running.set(callId, { action, intervalMs, timeoutMs, callId, startedAtMs: nowMs });
    const during = STATE_DURING[action];
    if (during !== undefined) {
      this.#become(during, nowMs);
    }
  }

  cancelled(callId: number): void {
    this.#running.delete(callId);
  }

  /** @returns the run as it is kept */
  ended(end: RunEnd, agent: string, nowMs: number): Run {
    const { request, callId, isRepeated } = end;
    this.#forgetRunning(callId, end);
    const failed = isFailure(end, this.state);
    const run = this.#runOf(end, failed, agent, nowMs);
    if (request.intervalMs > 0) {
      this.#last.set(`${request.action}/${request.intervalMs}`, { rc: run.rc, atMs: nowMs });
    }
    const last = this.#runs.last;
    if (isRepeated && last !== undefined && isSame(last, run)) {
      this.#runs.replaceLast({ ...run, repeats: last.repeats + 1 });
    } else {
      this.#runs.push(run);
    }
    if (failed) {
      this.failures += 1;
      this.lastFailure = run;
    } else if (request.action === 'start') {
      this.starts += 1;
    }
    this.#become(stateAfter(end, failed, this.state), nowMs);
    return run;
  }

  /** A merged operation began under another call id. */
  #forgetRunning(callId: number, { request }: RunEnd): void {
    this.#running.delete(callId);
    for (const [id, { action, intervalMs }] of this.#running) {
      if (action === request.action && intervalMs === request.intervalMs) {
        this.#running.delete(id);
      }
    }
  }

  #become(state: ResourceState, nowMs: number): void {
    if (state !== this.state) {
      this.state = state;
      this.sinceMs = nowMs;
    }
  }

  #runOf(end: RunEnd, failed: boolean, agent: string, nowMs: number): Run {
    const { request, callId, result, execTimeMs, queueTimeMs, latenessMs } = end;
    const { rscId, action, intervalMs, timeoutMs, parameters } = request;
    const { exitReason, output, usage, hang } = result;
    const shown = (text: string): string => maskedText(text, parameters);
    return {
      resource: rscId,
      action,
      intervalMs,
      timeoutMs,
      callId,
      rc: result.rc,
      status: statusWord(result.status),
      isFailure: failed,
      startedAtMs: Math.round(nowMs - execTimeMs),
      execMs: rounded(execTimeMs),
      queueMs: rounded(queueTimeMs),
      latenessMs: rounded(latenessMs),
      repeats: 1,
      agent,
      parameters: shownParameters(parameters),
      ...(exitReason === undefined ? {} : { exitReason: shown(exitReason) }),
      ...(output === undefined ? {} : { output: endOf(shown(output)) }),
      ...(hang === undefined ? {} : { hang: hangOf(hang, shown) }),
      ...(usage === undefined ? {} : { cpuMs: usage.cpuMs, maxRssKb: usage.maxRssKb }),
    };
  }
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10;

function endOf(text: string): string {
  const trimmed = text.trimEnd();
  return trimmed.length <= KEPT_OUTPUT ? trimmed : `…${trimmed.slice(-KEPT_OUTPUT)}`;
}

const isSame = (one: Run, other: Run): boolean =>
  one.action === other.action &&
  one.intervalMs === other.intervalMs &&
  one.rc === other.rc &&
  one.status === other.status &&
  one.exitReason === other.exitReason;
