// Longer than most: everything that a check has at hand is one short method here.
import { exitReasonIn } from '../standards/exit-reason.ts';
import type { Call } from './caller.ts';
import { declaredTimeoutMs } from './declared.ts';
import { meaningOf } from './meanings.ts';
import type { Parts } from './parts.ts';
import type { Place } from './place.ts';
import { randomFrom } from './random.ts';
import { recorded, shortReason } from './recorded.ts';
import type { Finding } from './result.ts';
import type { Run, RunOptions } from './run.ts';
import { STATE_ACTIONS } from './states.ts';
import type { Instance, Subject } from './subject.ts';
import type { Expectation, ReachOptions, Trial, Wanted } from './trial.ts';
import { describeEnd, describeOptions } from './words.ts';

/** What a recurring monitor has for an interval. */
const MONITOR_INTERVAL_MS = 10_000;
/** Between two looks of `until`. */
const LOOK_MS = { first: 20, last: 200 };
const SET_UP_LIMIT_MS = 60_000;

/** The check can't be told; its message is the reason. */
export class SkipError extends Error {}

/** The trial of a check that is being carried out. */
export class OngoingTrial implements Trial {
  readonly subject: Subject;
  readonly place: Place;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly findings: Finding[] = [];
  readonly notes: string[] = [];
  readonly runs: Run[] = [];
  readonly #parts: Parts;
  #lastNumber = 0;

  constructor(parts: Parts, signal: AbortSignal) {
    this.#parts = parts;
    this.subject = parts.subject;
    this.place = parts.place;
    this.random = randomFrom(parts.settings.seed);
    this.signal = signal;
  }

  /** What the agent's author wants done first. */
  async prepare(): Promise<void> {
    const { setUp } = this.subject.cases;
    // Where there are no processes to see there is no shell either: a daemon far away knows actions alone.
    if (setUp === undefined || !this.place.abilities.has('processes')) {
      return;
    }
    const { code, output } = await this.place.sh(setUp, SET_UP_LIMIT_MS);
    if (code !== 0) {
      this.skip(`The set-up failed with ${code}: ${output.trim().slice(-500)}`);
    }
  }

  nowMs(): number {
    return this.#parts.clock.nowMs();
  }

  async sleep(ms: number): Promise<void> {
    this.signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = this.#parts.clock.setTimer(ms, resolve);
    const onAbort = (): void => reject(this.signal.reason);
    this.signal.addEventListener('abort', onAbort, { once: true });
    try {
      await promise;
    } finally {
      timer.cancel();
      this.signal.removeEventListener('abort', onAbort);
    }
  }

  async run(action: string, options: RunOptions = {}): Promise<Run> {
    this.signal.throwIfAborted();
    const { caller, onRun, settings } = this.#parts;
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    const call: Call = {
      action,
      instance: this.#instance(options),
      intervalMs: options.intervalMs ?? (action === 'monitor' ? MONITOR_INTERVAL_MS : 0),
      timeoutMs:
        options.timeoutMs ?? declaredTimeoutMs(this.subject, action, options) * settings.timeoutFactor,
      options,
    };
    const { end, stderr, exitReason = exitReasonIn(stderr), ...rest } = await caller.call(call, this.signal);
    const meaning = end.kind === 'exited' ? meaningOf(this.subject.class, action, end.code) : undefined;
    const run: Run = {
      number,
      action,
      differences: describeOptions(options),
      end,
      rc: end.kind === 'exited' ? end.code : -1,
      stderr,
      ...rest,
      ...(meaning === undefined ? {} : { meaning }),
      ...(exitReason === undefined ? {} : { exitReason: shortReason(exitReason) }),
    };
    this.runs.push(recorded(run));
    onRun(recorded(run));
    return run;
  }

  async reach(wanted: Wanted, options: ReachOptions = {}): Promise<void> {
    const { ask, codes, ways } = STATE_ACTIONS[this.subject.class];
    const look = async (): Promise<Wanted | undefined> =>
      codes[(await this.run(ask.action, { ...ask.options, ...options })).rc];
    // What can't be told is stopped first, as a cluster does it.
    const before = await look();
    for (const action of before === undefined ? ['stop', ...ways.stopped[wanted]] : ways[before][wanted]) {
      const run = await this.run(action, options);
      if (run.rc !== 0) {
        this.skip(`It can't be brought to ${wanted}: ${action} gave ${describeEnd(run)}`);
      }
    }
    if (before !== wanted && (await look()) !== wanted) {
      this.skip(`It can't be brought to ${wanted}: it does not say so itself`);
    }
  }

  async expect(action: string, expectation: Expectation, options: RunOptions = {}): Promise<Run> {
    const run = await this.run(action, options);
    this.judge(run, expectation);
    return run;
  }

  judge(run: Run, { rc, when }: Expectation): boolean {
    if (run.end.kind === 'exited' && rc.includes(run.rc)) {
      return true;
    }
    const codes = rc.length === 1 ? String(rc[0]) : `one of ${rc.join(', ')}`;
    this.fail({ expected: `${run.action} ${when} to give ${codes}`, seen: describeEnd(run) }, run);
    return false;
  }

  fail(finding: Omit<Finding, 'runs'>, ...runs: readonly Run[]): void {
    this.findings.push({ ...finding, runs: runs.map(({ number }) => number) });
  }

  note(text: string): void {
    this.notes.push(text);
  }

  skip(reason: string): never {
    throw new SkipError(reason);
  }

  async until(condition: () => Promise<boolean>, limitMs: number): Promise<boolean> {
    const endMs = this.nowMs() + limitMs;
    for (let lookMs = LOOK_MS.first; ; lookMs = Math.min(LOOK_MS.last, lookMs * 1.5)) {
      if (await condition()) {
        return true;
      }
      if (this.nowMs() >= endMs) {
        return false;
      }
      await this.sleep(lookMs);
    }
  }

  #instance({ instance = 0, parameters = {} }: RunOptions): Instance {
    const found = this.subject.cases.instances[instance];
    if (found === undefined) {
      this.skip(
        `Needs ${instance + 1} instances in the cases, there are ${this.subject.cases.instances.length}`,
      );
    }
    const merged = Object.entries({ ...found.parameters, ...parameters }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    return { name: found.name, parameters: Object.fromEntries(merged) };
  }
}
