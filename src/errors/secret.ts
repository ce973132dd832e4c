const REDACTED = '[redacted]';

/**
 * Bytes that must not get into a log, an error or a dump: every way of printing it gives `[redacted]`. It owns its
 * Buffer; who makes one must not keep the bytes elsewhere.
 */
export class Secret {
  readonly #bytes: Buffer;
  /** What a log calls it, such as a fingerprint; never a part of it. */
  readonly name: string | undefined;

  constructor(bytes: Buffer, name?: string) {
    this.#bytes = bytes;
    this.name = name;
  }

  get byteLength(): number {
    return this.#bytes.length;
  }

  /** The bytes themselves, for the one call that needs them. Do not keep them. */
  expose(): Buffer {
    return this.#bytes;
  }

  /** Overwrites the bytes with zeros. */
  wipe(): void {
    this.#bytes.fill(0);
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  // The symbol that util.inspect and so console.log look for; by name, because this room imports nothing.
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED;
  }
}
