import { RpcFailure } from './rpc-failure.ts';

/** Lengths of opaque data and strings are rounded up to it [RFC 4506 3]. */
const UNIT = 4;

const padding = (length: number): number => (UNIT - (length % UNIT)) % UNIT;

/** Puts XDR items one after the other [RFC 4506]. */
export class XdrWriter {
  readonly #parts: Buffer[] = [];

  uint32(...values: readonly number[]): this {
    const part = Buffer.allocUnsafe(values.length * 4);
    for (const [index, value] of values.entries()) {
      part.writeUInt32BE(value, index * 4);
    }
    this.#parts.push(part);
    return this;
  }

  uint64(value: bigint): this {
    const part = Buffer.allocUnsafe(8);
    part.writeBigUInt64BE(value);
    this.#parts.push(part);
    return this;
  }

  boolean(value: boolean): this {
    return this.uint32(value ? 1 : 0);
  }

  /** Data of a known length, without it. */
  fixed(data: Uint8Array): this {
    this.#parts.push(Buffer.from(data), Buffer.alloc(padding(data.length)));
    return this;
  }

  /** Data with its length before it. */
  opaque(data: Uint8Array): this {
    return this.uint32(data.length).fixed(data);
  }

  string(text: string): this {
    return this.opaque(Buffer.from(text));
  }

  /** A list of numbers with their count before it. */
  list(values: readonly number[]): this {
    return this.uint32(values.length, ...values);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** Takes XDR items one after the other. Throws an `RpcFailure` (`garbage`) where the data ends too early. */
export class XdrReader {
  readonly #data: Buffer;
  #offset = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  get left(): number {
    return this.#data.length - this.#offset;
  }

  uint32(): number {
    return this.#take(4).readUInt32BE();
  }

  uint64(): bigint {
    return this.#take(8).readBigUInt64BE();
  }

  boolean(): boolean {
    return this.uint32() !== 0;
  }

  fixed(length: number): Buffer {
    const data = this.#take(length);
    this.#take(padding(length));
    return data;
  }

  /** Data with its length before it, which may be at most `limitBytes`. */
  opaque(limitBytes: number): Buffer {
    const length = this.uint32();
    if (length > limitBytes) {
      throw new RpcFailure('garbage', `an item of ${length} bytes where at most ${limitBytes} may be`);
    }
    return this.fixed(length);
  }

  string(limitBytes: number): string {
    return this.opaque(limitBytes).toString();
  }

  /** Goes over a list of numbers. */
  skipList(limit: number): void {
    const count = this.uint32();
    if (count > limit) {
      throw new RpcFailure('garbage', `a list of ${count} numbers where at most ${limit} may be`);
    }
    this.#take(count * 4);
  }

  #take(length: number): Buffer {
    if (length > this.left) {
      throw new RpcFailure('garbage', `an answer that ends ${length - this.left} bytes too early`);
    }
    const start = this.#offset;
    this.#offset += length;
    return this.#data.subarray(start, this.#offset);
  }
}
