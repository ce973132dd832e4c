import type { RingWriter } from './ring.ts';

export type Lane = 'response' | 'event';

/** First in, first out, without moving what waits. */
class Fifo {
  #items: Buffer[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  get first(): Buffer | undefined {
    return this.#items[this.#head];
  }

  push(message: Buffer): void {
    this.#items.push(message);
  }

  drop(): void {
    this.#items[this.#head] = EMPTY;
    this.#head += 1;
    if (this.#head === this.#items.length) {
      this.#items = [];
      this.#head = 0;
    } else if (this.#head >= COMPACT_AT && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
  }
}

const EMPTY = Buffer.alloc(0);
const COMPACT_AT = 256;

/** Messages on their way to one client, each lane in its own order: a full ring keeps them here. */
export class Output {
  readonly #lanes: Readonly<Record<Lane, Fifo>> = { response: new Fifo(), event: new Fifo() };
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get messages(): number {
    return this.#lanes.response.length + this.#lanes.event.length;
  }

  add(lane: Lane, message: Buffer): void {
    this.#lanes[lane].push(message);
    this.#bytes += message.length;
  }

  /** Moves what fits into a ring. @returns how many messages that were @throws RingFault */
  flush(lane: Lane, ring: RingWriter): number {
    const fifo = this.#lanes[lane];
    let moved = 0;
    for (let next = fifo.first; next !== undefined && ring.write(next); next = fifo.first) {
      fifo.drop();
      this.#bytes -= next.length;
      moved += 1;
    }
    return moved;
  }
}
