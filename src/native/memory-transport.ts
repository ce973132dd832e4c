/** The bytes on their way between a socket and a TLS library, both directions. Copies nothing. */
export class MemoryTransport {
  readonly #input: Buffer[] = [];
  #output: Buffer[] = [];
  /** Bytes of the first input Buffer that are used up. */
  #offset = 0;
  #ended = false;

  /** Everything that was received has been pulled, and nothing more will come. */
  get ended(): boolean {
    return this.#ended && this.#input.length === 0;
  }

  /** Nothing can be pulled now, but more may come. */
  get starved(): boolean {
    return !this.#ended && this.#input.length === 0;
  }

  feed(bytes: Buffer): void {
    if (bytes.length > 0 && !this.#ended) {
      this.#input.push(bytes);
    }
  }

  feedEnd(): void {
    this.#ended = true;
  }

  /** Up to `limitBytes` of what was received, or `undefined` when there is nothing. */
  pull(limitBytes: number): Buffer | undefined {
    const first = this.#input[0];
    if (first === undefined) {
      return undefined;
    }
    const piece = first.subarray(this.#offset, this.#offset + limitBytes);
    this.#offset += piece.length;
    if (this.#offset === first.length) {
      this.#input.shift();
      this.#offset = 0;
    }
    return piece;
  }

  push(bytes: Buffer): void {
    this.#output.push(bytes);
  }

  takeOutput(): Buffer[] {
    const taken = this.#output;
    this.#output = [];
    return taken;
  }
}
