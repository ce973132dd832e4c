import { CHUNK_HEAD_BYTES, CHUNK_MARGIN_BYTES, HEADER, MAGIC, WORD_BYTES } from './ring-layout.ts';

/** What a ring lies in. Each method throws when the other side has broken it. */
export interface RingMemory {
  /** The header can be touched; called before each operation. */
  verify(): void;
  /** A word of the header. */
  load(offset: number): number;
  store(offset: number, value: number): void;
  /** One more chunk waits, for who sleeps on the ring's semaphore. */
  post(): void;
  /** One chunk less waits. */
  take(): void;
  /** Fills the buffer from the data. */
  read(into: Buffer, position: number): void;
  /** Writes the parts one after the other to the data. */
  write(parts: readonly Buffer[], position: number): void;
}

/** The other side has broken the rules of the ring: there is nothing to do but to end the connection. */
export class RingFault extends Error {}

/**
 * Our side's place in a ring and the arithmetic of both. Our own index is kept here, and what stands in the shared header
 * is only compared: a client that overwrites it is found out and reads or writes nowhere else.
 */
abstract class RingEnd {
  protected readonly memory: RingMemory;
  protected readonly ringBytes: number;
  protected readonly ringWords: number;
  readonly #ownOffset: number;
  #index = 0;

  constructor(memory: RingMemory, ringBytes: number, ownOffset: number) {
    this.memory = memory;
    this.ringBytes = ringBytes;
    this.ringWords = ringBytes / WORD_BYTES;
    this.#ownOffset = ownOffset;
  }

  /** Our index in words, once the header was looked at. */
  protected begin(): number {
    this.memory.verify();
    const shared = this.memory.load(this.#ownOffset);
    if (shared !== this.#index) {
      throw new RingFault(`Expected our own index of the ring to be ${this.#index}, it was made ${shared}`);
    }
    return this.#index;
  }

  /** Moves our index past a chunk. */
  protected advance(payloadBytes: number): void {
    const chunkWords = (CHUNK_HEAD_BYTES + payloadBytes + WORD_BYTES - 1) / WORD_BYTES;
    this.#index = (this.#index + Math.trunc(chunkWords)) % this.ringWords;
    this.memory.store(this.#ownOffset, this.#index);
  }
}

/** The end of a ring that messages are put into: responses and events. */
export class RingWriter extends RingEnd {
  constructor(memory: RingMemory, ringBytes: number) {
    super(memory, ringBytes, HEADER.writeIndex);
  }

  /**
   * Puts one message in and wakes who sleeps on the ring.
   * @returns false when there is no room for it now
   * @throws RingFault
   */
  write(message: Buffer): boolean {
    const writeIndex = this.begin();
    if (this.#freeWords(writeIndex) * WORD_BYTES < message.length + CHUNK_MARGIN_BYTES) {
      return false;
    }
    // The client looks at a chunk only when the semaphore says so: length, magic and payload can be written at once.
    this.#put([chunkHead(message.length, MAGIC.ready), message], writeIndex * WORD_BYTES);
    this.advance(message.length);
    this.memory.post();
    return true;
  }

  #freeWords(writeIndex: number): number {
    const readIndex = this.memory.load(HEADER.readIndex) >>> 0;
    if (readIndex >= this.ringWords) {
      throw new RingFault(`Expected a read index below ${this.ringWords}, got ${readIndex}`);
    }
    if (writeIndex === readIndex) {
      return this.ringWords;
    }
    return (readIndex - writeIndex + this.ringWords - 1) % this.ringWords;
  }

  #put(parts: readonly [Buffer, Buffer], position: number): void {
    const bytes = parts[0].length + parts[1].length;
    if (position + bytes <= this.ringBytes) {
      this.memory.write(parts, position);
      return;
    }
    // It goes around the end, perhaps within the head.
    const whole = Buffer.concat(parts);
    const untilEnd = this.ringBytes - position;
    this.memory.write([whole.subarray(0, untilEnd)], position);
    this.memory.write([whole.subarray(untilEnd)], 0);
  }
}

/** The end of a ring that messages are taken out of: requests. */
export class RingReader extends RingEnd {
  readonly #maxBytes: number;

  constructor(memory: RingMemory, ringBytes: number, maxBytes: number) {
    super(memory, ringBytes, HEADER.readIndex);
    this.#maxBytes = maxBytes;
  }

  /**
   * Takes one message out and gives its place back.
   * @throws RingFault when none is ready, or it can't be one
   */
  read(): Buffer {
    const position = this.begin() * WORD_BYTES;
    const head = this.#get(position, CHUNK_HEAD_BYTES);
    const bytes = head.readUInt32LE(0);
    const magic = head.readUInt32LE(WORD_BYTES);
    if (magic !== MAGIC.ready) {
      throw new RingFault(`Expected a message in the ring, found none (mark ${magic.toString(16)})`);
    }
    if (bytes > this.#maxBytes) {
      throw new RingFault(`Expected at most ${this.#maxBytes} bytes in a message, got ${bytes}`);
    }
    const message = this.#get((position + CHUNK_HEAD_BYTES) % this.ringBytes, bytes);
    this.#consume(position);
    this.advance(bytes);
    // After the index has moved: the client tells a full ring from an empty one by the semaphore.
    this.memory.take();
    return message;
  }

  #consume(position: number): void {
    const mark = chunkHead(0, MAGIC.consumed);
    const untilEnd = this.ringBytes - position;
    this.memory.write([mark.subarray(0, untilEnd)], position);
    if (untilEnd < mark.length) {
      this.memory.write([mark.subarray(untilEnd)], 0);
    }
  }

  #get(position: number, bytes: number): Buffer {
    const into = Buffer.allocUnsafe(bytes);
    const untilEnd = Math.min(bytes, this.ringBytes - position);
    this.memory.read(into.subarray(0, untilEnd), position);
    if (untilEnd < bytes) {
      this.memory.read(into.subarray(untilEnd), 0);
    }
    return into;
  }
}

function chunkHead(bytes: number, magic: number): Buffer {
  const head = Buffer.allocUnsafe(CHUNK_HEAD_BYTES);
  head.writeUInt32LE(bytes, 0);
  head.writeUInt32LE(magic, WORD_BYTES);
  return head;
}
