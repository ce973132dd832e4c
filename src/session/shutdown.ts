import type { Clock, Timer } from '../observe/clock.ts';
import { emit } from '../observe/events.ts';
import { IPC_OP, NO_SESSION, writeProxyNotify } from '../protocol/ipc-proxy.ts';
import type { Provider, Providers } from './providers.ts';
import { type Action, type Event, SHUTDOWN_STATES, type State } from './shutdown.states.ts';

/**
 * How long a successor of a controller that vanished is waited for, in ms: its node may have crashed, and another one
 * takes the connection over. It never outlasts the shutdown's own deadline.
 */
export const SUCCESSOR_GRACE_MS = 10_000;

export interface ShutdownOptions {
  readonly clock: Clock;
  /** The whole wait for the cluster, in ms. */
  readonly timeoutMs: number;
}

/**
 * Asks the cluster to move everything away before the daemon ends, and waits until it has. The C daemon closes its
 * port meanwhile; ours stays open, so that a controller that takes over can finish the shutdown [protocol 3.10].
 */
export class Shutdown {
  readonly #providers: Providers;
  readonly #options: ShutdownOptions;
  readonly #actions: Readonly<Record<Action, () => void>>;
  #state: State = 'running';
  #asked: Provider | undefined;
  #deadline: Timer | undefined;
  #grace: Timer | undefined;
  #onEnd: () => void = () => undefined;

  constructor(providers: Providers, options: ShutdownOptions) {
    this.#providers = providers;
    this.#options = options;
    this.#actions = {
      nothing: () => undefined,
      begin: () => this.#begin(),
      ask: () => this.#ask(),
      'tell-acked': () => emit('shutdown.acked', this.#facts()),
      'await-successor': () => this.#awaitSuccessor(),
      'end-alone': () => this.#end(),
      'end-refused': () => this.#endWith('shutdown.refused'),
      'end-done': () => this.#endWith('shutdown.done'),
      'end-orphaned': () => this.#endWith('shutdown.orphaned'),
      'end-late': () => this.#endWith('shutdown.late'),
      'end-hurried': () => this.#endWith('shutdown.hurried'),
    };
  }

  /** A signal to end. The first begins, the second hurries; `onEnd` of the first is called once. */
  terminate(onEnd: () => void): void {
    if (this.#state === 'running') {
      this.#onEnd = onEnd;
    }
    this.#apply(this.#providers.newest === undefined ? 'term-alone' : 'term');
  }

  /** The cluster's answer; from whichever controller, as the C daemon takes it. */
  answered(answer: 'ack' | 'nack'): void {
    this.#apply(answer);
  }

  /** A provider registered; it is in the list already. */
  joined(): void {
    this.#apply('joined');
  }

  /** A provider is gone, and out of the list already. `clean`: it said goodbye. */
  left(provider: Provider, clean: boolean): void {
    if (this.#providers.newest === undefined) {
      this.#apply(clean ? 'last-left' : 'last-lost');
    } else {
      this.#apply(provider === this.#asked ? 'asked-left' : 'other-left');
    }
  }

  #apply(event: Event): void {
    const { action, next } = SHUTDOWN_STATES[this.#state][event];
    this.#state = next;
    this.#actions[action]();
  }

  #begin(): void {
    const { clock, timeoutMs } = this.#options;
    this.#deadline = clock.setTimer(timeoutMs, () => this.#apply('deadline'));
    this.#ask();
  }

  #ask(): void {
    this.#grace?.cancel();
    this.#asked = this.#providers.newest;
    emit('shutdown.asked', { ...this.#facts(), timeoutMs: this.#options.timeoutMs });
    this.#asked?.send(writeProxyNotify({ op: IPC_OP.shutdownRequest, session: NO_SESSION }));
  }

  #awaitSuccessor(): void {
    emit('shutdown.lost', { ...this.#facts(), waitMs: SUCCESSOR_GRACE_MS });
    this.#grace = this.#options.clock.setTimer(SUCCESSOR_GRACE_MS, () => this.#apply('grace-over'));
  }

  #endWith(event: EndEvent): void {
    emit(event, this.#facts());
    this.#end();
  }

  #end(): void {
    this.#deadline?.cancel();
    this.#grace?.cancel();
    this.#onEnd();
  }

  #facts(): { readonly peer?: string } {
    return this.#asked === undefined ? {} : { peer: this.#asked.peer };
  }
}

type EndEvent =
  | 'shutdown.refused'
  | 'shutdown.done'
  | 'shutdown.orphaned'
  | 'shutdown.late'
  | 'shutdown.hurried';
