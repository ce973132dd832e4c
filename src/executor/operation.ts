// Longer than most: every action of the state table is one short method here.
import type { Clock, Timer } from '../observe/clock.ts';
import { emit } from '../observe/events.ts';
import type { ActionRunner, ResourceSpec, RunningAction } from '../standards/action.ts';
import { maskedText } from '../standards/masked.ts';
import { type ActionResult, blockedResult, OCF, STATUS, stillPendingResult } from '../standards/result.ts';
import { type Action, type Event, OPERATION_STATES, type State } from './operation.states.ts';
import type { OperationReport, OperationRequest, RunObserver, Times } from './report.ts';

/** What an operation asks of the resource it belongs to. */
export interface OperationOwner {
  readonly spec: ResourceSpec;
  /** It is due: give it a turn as soon as nothing else of the resource runs. */
  askSlot(operation: Operation): void;
  /** What an earlier daemon began still runs, for nobody knows how long. */
  readonly isHeldByEarlier: boolean;
  /** Its agent is gone: another operation may run. */
  freeSlot(operation: Operation): void;
  /** Its first result is in, or it is over: the queue goes on behind it. */
  settled(operation: Operation): void;
  report(report: OperationReport): void;
}

export interface OperationTools {
  readonly clock: Clock;
  readonly runner: ActionRunner;
  /** Hears of every run, told to controllers or not. */
  readonly observer?: RunObserver;
}

const NO_TIMES = { runTime: 0, execTimeMs: 0, queueTimeMs: 0 };

/** One operation from the queue to its last result. Its states are in `operation.states.ts`. */
export class Operation {
  readonly request: OperationRequest;
  readonly #owner: OperationOwner;
  readonly #tools: OperationTools;
  readonly #queuedAtMs: number;
  #state: State = 'pending';
  /** A merged operation takes over the newer one's call id and user data [protocol 5.4]. */
  #callId: number;
  #userData: string | undefined;
  #timer: Timer | undefined;
  #running: RunningAction | undefined;
  #startedAtMs = 0;
  #startedAtEpoch = 0;
  /** When it was to run, on the clock. */
  #dueAtMs = 0;
  #latenessMs = 0;
  #runs = 0;
  #lastRc: number = OCF.ok;
  #rcChangeTime = 0;
  /** The same moment on the clock that never goes back. */
  #rcChangedAtMs = 0;
  /** Result and status told last since the start or a merge. */
  #told: { readonly rc: number; readonly status: number } | undefined;

  constructor(request: OperationRequest, owner: OperationOwner, tools: OperationTools) {
    this.request = request;
    this.#owner = owner;
    this.#tools = tools;
    this.#callId = request.callId;
    this.#userData = request.userData;
    this.#queuedAtMs = tools.clock.nowMs();
  }

  get state(): State {
    return this.#state;
  }

  get isRecurring(): boolean {
    return this.request.intervalMs > 0;
  }

  /** As it is asked for now: a merged one has the call id of the newer request. */
  get callId(): number {
    return this.#callId;
  }

  /** True once a run of it was begun. */
  get hasRun(): boolean {
    return this.#runs > 0;
  }

  /** Whether this is the operation that a controller names [protocol 4.6]. */
  matches(action: string, intervalMs: number): boolean {
    return (
      this.request.intervalMs === intervalMs && this.request.action.toLowerCase() === action.toLowerCase()
    );
  }

  /** It is first in the queue. */
  turn(): void {
    this.#apply('turn');
  }

  /** The resource is free for it. */
  slot(): void {
    this.#apply('slot');
  }

  /** Returns whether it was cancelled. */
  cancel(): boolean {
    return this.#apply('cancel') !== 'refuse';
  }

  /** The resource goes: everything but a one-shot in flight ends. */
  remove(): void {
    this.#apply('remove');
  }

  merge(request: OperationRequest): void {
    this.#callId = request.callId;
    this.#userData = request.userData;
    this.#told = undefined;
    this.#apply('merge');
  }

  #apply(event: Event, result?: ActionResult): Action {
    const kind = this.isRecurring ? 'recurring' : 'once';
    const [next, action] = OPERATION_STATES[kind][this.#state][event];
    if (action === 'fault') {
      throw new Error(`No ${kind} operation expects the event ${event} in the state ${this.#state}`);
    }
    this.#state = next;
    this.#act(action, result);
    return action;
  }

  #act(action: Action, result: ActionResult | undefined): void {
    switch (action) {
      case 'arm-delay':
        this.#armDelay();
        break;
      case 'ask-slot':
        this.#timer?.cancel();
        this.#owner.askSlot(this);
        this.#armPatience();
        break;
      case 'launch':
        this.#launch();
        break;
      case 'report':
      case 'report-and-arm':
        if (result !== undefined) {
          this.#finished(result, action === 'report-and-arm');
        }
        break;
      case 'report-cancelled':
        this.#cancelled(this.#lastRc, undefined);
        break;
      case 'kill-and-report-cancelled':
        this.#cancelled(OCF.ok, this.#running?.kill());
        break;
      default:
        break;
    }
  }

  /** The start delay counts from queueing and applies once [protocol 5.2]. */
  #armDelay(): void {
    const waitedMs = this.#tools.clock.nowMs() - this.#queuedAtMs;
    const leftMs = this.request.startDelayMs - waitedMs;
    if (this.request.startDelayMs <= 0 || leftMs <= 0) {
      this.#apply('due');
      return;
    }
    this.#timer = this.#tools.clock.setTimer(leftMs, () => this.#apply('due'));
  }

  /**
   * Behind an operation of this daemon it waits as in the C daemon. One of an earlier daemon may have no timeout and hang,
   * and nobody can cancel it any more: then the cluster must hear that nothing goes on.
   */
  #armPatience(): void {
    const { timeoutMs } = this.request;
    if (this.#state === 'ready' && this.#owner.isHeldByEarlier && timeoutMs > 0) {
      this.#timer = this.#tools.clock.setTimer(timeoutMs, () => this.#apply('late', blockedResult()));
    }
  }

  #launch(): void {
    const { clock, runner } = this.#tools;
    this.#timer?.cancel();
    this.#runs += 1;
    this.#startedAtMs = clock.nowMs();
    this.#latenessMs = this.#runs === 1 ? 0 : Math.max(0, this.#startedAtMs - this.#dueAtMs);
    this.#startedAtEpoch = clock.epochSeconds();
    const { action, intervalMs, timeoutMs, parameters } = this.request;
    emit('op.started', { ...this.#name(), run: this.#runs });
    this.#tools.observer?.began({ ...this.#identity(), run: this.#runs });
    this.#running = runner.run(
      { rsc: this.#owner.spec, name: action, intervalMs, timeoutMs, parameters, callId: this.#callId },
      (result) => {
        this.#running = undefined;
        this.#apply('finish', result);
        this.#owner.freeSlot(this);
      },
    );
  }

  #finished(given: ActionResult, isRecurring: boolean): void {
    const { clock } = this.#tools;
    if (given.rawRc !== this.#lastRc) {
      this.#rcChangeTime = clock.epochSeconds();
      this.#rcChangedAtMs = clock.nowMs();
    }
    const result = this.#isPendingTooLong(given) ? stillPendingResult() : given;
    this.#lastRc = result.rc;
    if (isRecurring) {
      // Before the report: the period is interval + run time, however long the reporting takes [protocol 5.3].
      this.#dueAtMs = clock.nowMs() + this.request.intervalMs;
      this.#timer = clock.setTimer(this.request.intervalMs, () => this.#apply('due'));
    }
    const times = this.#timesOfRun();
    this.#tell(result, times);
    this.#owner.settled(this);
  }

  /** A unit may be starting or stopping for as long as an operation may take [protocol 5.13, pending monitors]. */
  #isPendingTooLong({ status }: ActionResult): boolean {
    const { timeoutMs } = this.request;
    const pendingMs = this.#tools.clock.nowMs() - this.#rcChangedAtMs;
    return status === STATUS.pending && timeoutMs > 0 && pendingMs >= timeoutMs;
  }

  #timesOfRun(): Times {
    if (this.#runs !== 1) {
      return { ...NO_TIMES, rcChangeTime: this.#rcChangeTime };
    }
    return {
      runTime: this.#startedAtEpoch,
      rcChangeTime: this.#rcChangeTime,
      execTimeMs: Math.round(this.#tools.clock.nowMs() - this.#startedAtMs),
      queueTimeMs: Math.round(this.#startedAtMs - this.#queuedAtMs),
    };
  }

  #tell(result: ActionResult, times: Times): void {
    const { rc, status, usage, exitReason } = result;
    const reason = exitReason === undefined ? undefined : this.#masked(exitReason);
    const isRepeated = this.#told?.rc === rc && this.#told.status === status;
    this.#observe(result, isRepeated);
    const facts = { ...this.#name(), rc, status, execTimeMs: times.execTimeMs, ...usage, reason };
    emit(isRepeated ? 'op.recurred' : 'op.finished', facts);
    if (status === STATUS.timedOut) {
      emit('op.timed-out', { ...this.#name(), timeoutMs: this.request.timeoutMs });
      this.#tellHang(result);
    }
    this.#tellOutput(result, isRepeated);
    if (isRepeated && this.request.changesOnly) {
      return;
    }
    this.#told = { rc, status };
    this.#report(result, times);
  }

  #observe(result: ActionResult, isRepeated: boolean): void {
    const { clock, observer } = this.#tools;
    observer?.ended({
      ...this.#identity(),
      result,
      isRepeated,
      // One that never had its turn took none.
      execTimeMs: this.#runs === 0 ? 0 : clock.nowMs() - this.#startedAtMs,
      queueTimeMs: this.#runs === 1 ? this.#startedAtMs - this.#queuedAtMs : 0,
      latenessMs: this.#latenessMs,
    });
  }

  /** For the log: what an agent says again and again is told once, and its documentation never. */
  #tellOutput({ output }: ActionResult, isRepeated: boolean): void {
    if (output !== undefined && !isRepeated && this.request.action !== 'meta-data') {
      emit('op.output', { ...this.#name(), output: this.#masked(output.trimEnd()) });
    }
  }

  #tellHang({ hang }: ActionResult): void {
    if (hang !== undefined) {
      const processes = hang.processes.map(
        ({ pid, state, waitsIn = '-', command }) => `${pid} ${state} ${waitsIn} ${command}`,
      );
      emit('op.hung', {
        ...this.#name(),
        processes: this.#masked(processes.join('\n')),
        lastLines: this.#masked(hang.lastLines.join('\n')),
      });
    }
  }

  #cancelled(rc: number, output: string | undefined): void {
    this.#timer?.cancel();
    this.#tools.observer?.cancelled(this.#identity());
    emit('op.cancelled', this.#name());
    const result = { rc, status: STATUS.cancelled, ...(output === undefined ? {} : { output }) };
    this.#report(result, { ...NO_TIMES, rcChangeTime: this.#rcChangeTime });
    this.#owner.settled(this);
  }

  #report(result: Omit<ActionResult, 'rawRc'>, times: Times): void {
    this.#owner.report({
      request: this.request,
      callId: this.#callId,
      rc: result.rc,
      status: result.status,
      times,
      ...(this.#userData === undefined ? {} : { userData: this.#userData }),
      ...(result.exitReason === undefined ? {} : { exitReason: result.exitReason }),
      ...(result.output === undefined ? {} : { output: result.output }),
    });
  }

  /** For the log: without secrets that an agent may have written. */
  #masked(text: string): string {
    return maskedText(text, this.request.parameters);
  }

  #identity() {
    return { rsc: this.#owner.spec, request: this.request, callId: this.#callId };
  }

  #name() {
    const { rscId, action, intervalMs } = this.request;
    return { rsc: rscId, op: action, intervalMs, callId: this.#callId };
  }
}
