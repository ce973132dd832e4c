// Longer than most: every action of the state table is one short method here.
import type { RemoteClient } from '../client/client.ts';
import type { ClientEvent } from '../client/events.ts';
import type { RemoteOperation } from '../client/operation.ts';
import type { SoloStatus } from '../control/model.ts';
import { AgentError, messageOf } from '../errors/agent-error.ts';
import type { Clock, Timer } from '../observe/clock.ts';
import { emit } from '../observe/events.ts';
import type { Completion } from '../protocol/completion.ts';
import { IPC_OP } from '../protocol/ipc-proxy.ts';
import { STATUS } from '../standards/result.ts';
import { monitorsOf, oneShot, type SoloDefinition, type SoloOperation } from './definition.ts';
import { OtherControllers } from './other-controllers.ts';
import { countOf, INFINITE, reactionTo, verdict } from './policy.ts';
import { type Action, type Event, SOLO_STATES, type State } from './solo.states.ts';

/** How we register. */
export const SOLO_NAME = 'bundlet-solo';

/** What agents go by to tell what a cluster can do: that of Pacemaker 2.1.7. */
const FEATURE_SET = '3.19.0';

/** After a cluster has left it may come back from another node, in ms. */
const RESUME_AFTER_MS = 10_000;

/** Between starts that fail one after the other, in ms: the first, and the most. A cluster's own ways take about a second. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

export interface SoloTools {
  readonly clock: Clock;
  /** Where the definition was read, for people. */
  readonly file: string;
  /** Connects to the daemon and registers by `SOLO_NAME`, as one who can be asked to stop everything. */
  readonly connect: (onEvent: (event: ClientEvent) => void) => Promise<RemoteClient>;
  /** Whether to take over again when a cluster has left. */
  readonly resumes: boolean;
  /** The container is to end, with that as its last words. */
  readonly onGaveUp: (reason: string) => void;
}

/** Keeps one resource running without a cluster, by Pacemaker's rules. Its states are in `solo.states.ts`. */
export class SoloController {
  readonly #definition: SoloDefinition;
  readonly #tools: SoloTools;
  readonly #others: OtherControllers;
  readonly #actions: Readonly<Record<Action, () => void>>;
  #client: RemoteClient | undefined;
  #state: State = 'idle';
  /** Changes with the state: what was begun in another one means nothing any more. */
  #epoch = 0;
  #failCount = 0;
  #failedStarts = 0;
  #reason: string | undefined;
  #forget: Timer | undefined;
  #pause: Timer | undefined;

  constructor(definition: SoloDefinition, tools: SoloTools) {
    this.#definition = definition;
    this.#tools = tools;
    this.#others = new OtherControllers(SOLO_NAME, {
      onFirst: (client) => this.#clusterCame(client),
      onNone: () => this.#clusterLeft(),
    });
    this.#actions = {
      nothing: () => undefined,
      probe: () => this.#run('monitor'),
      start: () => this.#start(),
      stop: () => this.#run('stop'),
      watch: () => this.#watch(),
      hold: () => undefined,
      rest: () => undefined,
      release: () => void this.#release(),
      end: () => this.#end(),
      leave: () => this.#leave(),
    };
  }

  /** Connects and begins. */
  async start(): Promise<void> {
    const { id, class: standard, provider, type, notes } = this.#definition;
    const agent = [standard, provider, type].filter((part) => part !== undefined).join(':');
    emit('solo.begun', { rsc: id, agent, file: this.#tools.file });
    for (const note of notes) {
      emit('solo.note', { rsc: id, note });
    }
    await this.#begin();
  }

  status(): SoloStatus {
    const { id, migrationThreshold } = this.#definition;
    return {
      file: this.#tools.file,
      state: STATE_WORDS[this.#state],
      resource: id,
      failCount: this.#failCount,
      migrationThreshold,
      ...(this.#reason === undefined ? {} : { reason: this.#reason }),
    };
  }

  async #begin(): Promise<void> {
    const { id, class: standard, provider, type } = this.#definition;
    try {
      this.#client = await this.#tools.connect((event) => this.#heard(event));
      const rsc = { id, class: standard, type, ...(provider === undefined ? {} : { provider }) };
      await this.#client.registerResource(rsc, { dropRecurring: true });
      if (this.#others.areNone) {
        this.#apply('begin');
      } else {
        // A cluster came meanwhile: it has the resource.
        await this.#release();
      }
    } catch (error) {
      emit('solo.fault', { rsc: id, error: messageOf(error) });
    }
  }

  #apply(event: Event): void {
    const [next, action] = SOLO_STATES[this.#state][event];
    if (next !== this.#state) {
      this.#state = next;
      this.#epoch += 1;
      this.#pause?.cancel();
      emit('solo.state', { rsc: this.#definition.id, state: STATE_WORDS[next], reason: this.#reason });
    }
    this.#actions[action]();
  }

  /** Runs an operation once and goes on with what its result means. */
  #run(name: string): void {
    const operation = oneShot(this.#definition, name);
    const epoch = this.#epoch;
    this.#execute(operation).then(
      (running) =>
        running.result.then(
          (result) => this.#finished(operation, result, epoch),
          () => undefined, // the connection ended, and with it everything
        ),
      (error: unknown) => this.#refused(error),
    );
  }

  #execute(operation: SoloOperation): Promise<RemoteOperation> {
    const { id, parameters } = this.#definition;
    const { name, intervalMs, timeoutMs, startDelayMs, onFail } = operation;
    if (this.#client === undefined) {
      return Promise.reject(new AgentError('CONNECTION_LOST', 'There is no connection to the daemon'));
    }
    return this.#client.exec({
      rscId: id,
      action: name,
      intervalMs,
      timeoutMs,
      startDelayMs,
      changesOnly: intervalMs > 0,
      parameters: {
        ...Object.fromEntries(parameters),
        ...Object.fromEntries(operation.parameters),
        CRM_meta_name: name,
        CRM_meta_interval: String(intervalMs),
        CRM_meta_timeout: String(timeoutMs),
        ...(onFail === undefined ? {} : { CRM_meta_on_fail: onFail }),
        crm_feature_set: FEATURE_SET,
      },
    });
  }

  #finished(operation: SoloOperation, result: Completion, epoch: number): void {
    if (epoch !== this.#epoch || result.status === STATUS.cancelled) {
      return;
    }
    const found = verdict(operation, result);
    if (found === 'failed') {
      this.#failed(operation, result);
      return;
    }
    if (operation.name === 'start') {
      this.#failedStarts = 0;
    }
    if (operation.name === 'stop') {
      this.#apply('stopped');
    } else if (operation.intervalMs === 0) {
      this.#apply(this.#wish(found));
    }
  }

  /** What a probe or a start has found, in the light of what is wanted. */
  #wish(found: 'up' | 'down'): Event {
    const { isToRun, isManaged } = this.#definition;
    if (found === 'down') {
      return isToRun && isManaged ? 'down' : 'unwanted';
    }
    return isToRun || !isManaged ? 'up' : 'halt';
  }

  #failed(operation: SoloOperation, result: Completion): void {
    const { id, isManaged, migrationThreshold } = this.#definition;
    const { name, onFail } = operation;
    if (onFail !== 'ignore') {
      this.#failCount = Math.min(INFINITE, this.#failCount + countOf(this.#definition, operation, result));
      this.#armForgetting();
    }
    this.#failedStarts += name === 'start' ? 1 : 0;
    const reaction = isManaged ? reactionTo(this.#definition, operation, this.#failCount) : undefined;
    const why = result.exitReason ?? `result ${result.rc}`;
    const limit = migrationThreshold === 0 ? '' : ` of ${migrationThreshold}`;
    const count =
      this.#failCount === INFINITE ? 'no other try can help' : `failure ${this.#failCount}${limit}`;
    if (this.#state !== 'ending') {
      // There the first failure is what counts, not that its stop fails as well.
      this.#reason = `${name} of ${id} failed: ${why} (${count})`;
    }
    emit('solo.failed', {
      rsc: id,
      op: name,
      rc: result.rc,
      status: result.status,
      reason: why,
      failCount: this.#failCount,
      reaction: reaction ?? 'ignore',
    });
    if (reaction !== undefined) {
      this.#apply(reaction);
    } else if (operation.intervalMs === 0) {
      // Ignored: as if it had succeeded.
      this.#apply(name === 'stop' ? 'stopped' : 'up');
    }
  }

  /** Each failure begins the time anew [pcmk failure-timeout]. */
  #armForgetting(): void {
    const { failureTimeoutMs, id } = this.#definition;
    this.#forget?.cancel();
    if (failureTimeoutMs > 0) {
      this.#forget = this.#tools.clock.setTimer(failureTimeoutMs, () => {
        this.#failCount = 0;
        this.#failedStarts = 0;
        this.#reason = undefined;
        emit('solo.forgotten', { rsc: id });
        this.#apply('forgotten');
      });
    }
  }

  /** The first start at once; when starts fail one after the other, with growing pauses. */
  #start(): void {
    const pauseMs =
      this.#failedStarts === 0
        ? 0
        : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#failedStarts - 1));
    if (pauseMs === 0) {
      this.#run('start');
    } else {
      this.#pause = this.#tools.clock.setTimer(pauseMs, () => this.#run('start'));
    }
  }

  #watch(): void {
    const epoch = this.#epoch;
    for (const monitor of monitorsOf(this.#definition)) {
      this.#execute(monitor).then(
        (running) => this.#follow(monitor, running, epoch),
        (error: unknown) => this.#refused(error),
      );
    }
  }

  async #follow(monitor: SoloOperation, running: RemoteOperation, epoch: number): Promise<void> {
    for await (const result of running.results()) {
      this.#finished(monitor, result, epoch);
    }
  }

  #refused(error: unknown): void {
    const isLeaving = this.#state === 'over' || this.#state === 'yielded';
    if (!isLeaving && !(error instanceof AgentError && error.code === 'CONNECTION_LOST')) {
      emit('solo.fault', { rsc: this.#definition.id, error: messageOf(error) });
    }
  }

  #heard(event: ClientEvent): void {
    if (event.type !== 'proxy') {
      return;
    }
    const { op, session } = event.proxy;
    if (op === IPC_OP.shutdownRequest) {
      this.#forward({ op: IPC_OP.shutdownAck });
      this.#shutdown();
    } else if (session !== undefined && op !== IPC_OP.destroy) {
      // A tool asks for the cluster, and there is none: it hears so at once.
      this.#forward({ op: IPC_OP.destroy, session });
    }
  }

  #forward(fields: { readonly op: string; readonly session?: string }): void {
    // What is wrong with it the daemon tells by itself; one that ends does not answer.
    this.#client?.forward(fields).catch(() => undefined);
  }

  #shutdown(): void {
    if (this.#definition.isManaged) {
      this.#apply('shutdown');
    } else {
      this.#leave();
    }
  }

  #clusterCame(client: string): void {
    emit('solo.yielded', { rsc: this.#definition.id, client });
    this.#reason = `${client} looks after it`;
    this.#apply('yield');
  }

  #clusterLeft(): void {
    if (!this.#tools.resumes || this.#state !== 'yielded') {
      return;
    }
    this.#pause = this.#tools.clock.setTimer(RESUME_AFTER_MS, () => {
      if (this.#others.areNone) {
        emit('solo.resumed', { rsc: this.#definition.id });
        this.#reason = undefined;
        void this.#begin();
      }
    });
  }

  /** Its monitors end; the resource goes on, for the cluster to find it. */
  async #release(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    this.#forget?.cancel();
    this.#failCount = 0;
    for (const { name, intervalMs } of monitorsOf(this.#definition)) {
      await client?.cancel({ rscId: this.#definition.id, action: name, intervalMs }).catch(() => undefined);
    }
    client?.close();
  }

  #end(): void {
    const reason = this.#reason ?? `${this.#definition.id} can not be kept running`;
    emit('solo.gave-up', { rsc: this.#definition.id, reason });
    this.#close();
    this.#tools.onGaveUp(reason);
  }

  #leave(): void {
    this.#close();
  }

  #close(): void {
    this.#forget?.cancel();
    this.#pause?.cancel();
    this.#others.stop();
    this.#client?.close();
  }
}

/** As people read them. */
const STATE_WORDS: Readonly<Record<State, string>> = {
  idle: 'starting',
  probing: 'starting',
  starting: 'starting',
  running: 'running',
  recovering: 'recovering',
  halting: 'stopping',
  halted: 'stopped',
  blocked: 'blocked',
  ending: 'stopping',
  leaving: 'stopping',
  yielded: 'yielded',
  over: 'ended',
};
