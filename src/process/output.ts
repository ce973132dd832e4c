/** What is kept of one stream: so much of its beginning and so much of its end, in bytes. */
export const HEAD_LIMIT_BYTES = 512 * 1024;
export const TAIL_LIMIT_BYTES = 512 * 1024;

const NUL_BYTES = /\0/g;

/**
 * Keeps the head and the tail of a stream, and counts what lay between. The limit holds a result far below the
 * 10,000,000 bytes that a controller's XML parser takes in one attribute [protocol 5.9].
 */
export class BoundedOutput {
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  #droppedBytes = 0;
  #seenBytes = 0;

  /** Bytes written by now. */
  get seenBytes(): number {
    return this.#seenBytes;
  }

  /** Bytes that are not kept. */
  get droppedBytes(): number {
    return this.#droppedBytes;
  }

  write(chunk: Buffer): void {
    this.#seenBytes += chunk.length;
    let rest = chunk;
    if (this.#headBytes < HEAD_LIMIT_BYTES) {
      const taken = rest.subarray(0, HEAD_LIMIT_BYTES - this.#headBytes);
      this.#head.push(taken);
      this.#headBytes += taken.length;
      rest = rest.subarray(taken.length);
    }
    if (rest.length > 0) {
      this.#tail.push(rest);
      this.#tailBytes += rest.length;
      if (this.#tailBytes > 2 * TAIL_LIMIT_BYTES) {
        this.#cutTail();
      }
    }
  }

  /** Notes that the source itself left out so many bytes between the head and what comes now. */
  skip(bytes: number): void {
    this.#seenBytes += bytes;
    this.#droppedBytes += bytes;
  }

  /** UTF-8; bytes that are not become U+FFFD, as do NULs, which would end the text on the other side. */
  text(): string {
    return this.rawText().replace(NUL_BYTES, '\ufffd');
  }

  /** The same with its NULs, for who reads it here. */
  rawText(): string {
    if (this.#seenBytes === 0) {
      return '';
    }
    if (this.#tailBytes > TAIL_LIMIT_BYTES) {
      this.#cutTail();
    }
    const note =
      this.#droppedBytes === 0 ? [] : [Buffer.from(`\n[… ${this.#droppedBytes} bytes left out …]\n`)];
    return Buffer.concat([...this.#head, ...note, ...this.#tail]).toString('utf8');
  }

  #cutTail(): void {
    const all = Buffer.concat(this.#tail);
    const cut = all.length - TAIL_LIMIT_BYTES;
    this.#tail = [Buffer.from(all.subarray(cut))];
    this.#tailBytes = TAIL_LIMIT_BYTES;
    this.#droppedBytes += cut;
  }
}
