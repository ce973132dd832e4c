import type { Clock, Timer } from '../observe/clock.ts';
import { Fifo } from './fifo.ts';
import { BACKLOG_MESSAGES, OUTPUT_CEILING_BYTES, RETRY_FIRST_MS, RETRY_LAST_MS, STALL_MS } from './limits.ts';
import type { RingOutput, Rings } from './rings.ts';

/** The two ways to a client; each keeps its own order. */
export type Lane = 'response' | 'event';

export interface DeliveryOptions {
  readonly clock: Clock;
  /** So many events are in the ring that the client was not told of. */
  readonly announce: (events: number) => void;
  /** Time to flush again: the ring was full, and nobody tells when the client has read. */
  readonly retry: () => void;
}

/**
 * Messages on their way to one client. What a full ring doesn't take is kept here, in bounds, and tried again: soon at first,
 * then less often while nothing moves. While nothing waits there is no timer.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #lanes: Readonly<Record<Lane, Fifo<Buffer>>> = { response: new Fifo(), event: new Fifo() };
  #bytes = 0;
  #timer: Timer | undefined;
  #retryMs = RETRY_FIRST_MS;
  /** When the client last took something, or had nothing to take. */
  #movedAtMs: number;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#movedAtMs = options.clock.nowMs();
  }

  /** What waits, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  get #messages(): number {
    return this.#lanes.response.length + this.#lanes.event.length;
  }

  add(lane: Lane, message: Buffer): void {
    if (this.#messages === 0) {
      this.#movedAtMs = this.#options.clock.nowMs();
    }
    this.#lanes[lane].push(message);
    this.#bytes += message.length;
  }

  /**
   * Moves into the rings what they take.
   * @returns why the client has to go, if it has
   * @throws RingFault
   */
  flush(rings: Rings): string | undefined {
    const events = this.#move('event', rings.event);
    if (events > 0) {
      this.#options.announce(events);
    }
    if (this.#move('response', rings.response) + events > 0) {
      this.#movedAtMs = this.#options.clock.nowMs();
      this.#retryMs = RETRY_FIRST_MS;
      this.stop();
    }
    this.#retryLater();
    return this.#problem();
  }

  /** Tries no more. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #move(lane: Lane, ring: RingOutput): number {
    const fifo = this.#lanes[lane];
    let moved = 0;
    for (let next = fifo.first; next !== undefined && ring.write(next); next = fifo.first) {
      fifo.drop();
      this.#bytes -= next.length;
      moved += 1;
    }
    return moved;
  }

  #retryLater(): void {
    if (this.#messages > 0 && this.#timer === undefined) {
      this.#timer = this.#options.clock.setTimer(this.#retryMs, () => {
        this.#timer = undefined;
        this.#options.retry();
      });
      this.#retryMs = Math.min(this.#retryMs * 2, RETRY_LAST_MS);
    }
  }

  /** More waits than may [pcmk ipc_server.c: crm_ipcs_flush_events]. */
  #problem(): string | undefined {
    const stalledMs = this.#options.clock.nowMs() - this.#movedAtMs;
    const isStuck = this.#messages > BACKLOG_MESSAGES && stalledMs >= STALL_MS;
    return isStuck || this.#bytes > OUTPUT_CEILING_BYTES
      ? `It doesn't read: ${this.#messages} messages of ${this.#bytes} bytes wait for it`
      : undefined;
  }
}
