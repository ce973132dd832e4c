import { AgentError } from '../errors/agent-error.ts';
import { decodeHeader, type FrameHeader } from './header.ts';
import { HEADER_BYTES } from './limits.ts';

/** Expands a bzip2 payload to exactly `expectedBytes`, or throws. Given by the caller: this room is pure. */
export type Decompress = (payload: Buffer, expectedBytes: number) => Buffer;

const NUL = 0;

/**
 * Cuts a byte stream into messages. Bytes may come in any portions: one at a time, many messages at once, or cut
 * anywhere [protocol 2.5]. Holds no more than one message, and nothing after an error: a stream that broke the
 * format once can't be read on.
 */
export class FrameReader {
  readonly #decompress: Decompress;
  readonly #headerBytes = Buffer.alloc(HEADER_BYTES);
  #header: FrameHeader | undefined;
  /** What of the payload is here already; made when a payload comes in more than one portion. */
  #payload: Buffer | undefined;
  #filledBytes = 0;
  /** The first error; after it nothing is read any more. */
  #fault: unknown;

  constructor(decompress: Decompress) {
    this.#decompress = decompress;
  }

  /** True between the first byte of a frame and its last. */
  get isInsideFrame(): boolean {
    return this.#filledBytes > 0 || this.#header !== undefined;
  }

  /**
   * Takes bytes and yields the text of every message that is complete, without its closing NUL.
   * @throws AgentError FRAME_INVALID or FRAME_TOO_LARGE; the reader is of no use afterwards.
   */
  *read(bytes: Buffer): Generator<Buffer> {
    if (this.#fault !== undefined) {
      throw this.#fault;
    }
    try {
      yield* this.#cut(bytes);
    } catch (error) {
      this.#fault = error;
      throw error;
    }
  }

  *#cut(bytes: Buffer): Generator<Buffer> {
    let rest = bytes;
    for (;;) {
      if (this.#header === undefined) {
        rest = this.#fill(this.#headerBytes, rest);
        if (this.#filledBytes < HEADER_BYTES) {
          return;
        }
        this.#header = readHeader(this.#headerBytes);
        this.#filledBytes = 0;
      }
      const header = this.#header;
      const payloadBytes = header.totalBytes - HEADER_BYTES;
      let payload: Buffer;
      if (this.#payload === undefined && rest.length >= payloadBytes) {
        payload = rest.subarray(0, payloadBytes);
        rest = rest.subarray(payloadBytes);
      } else {
        payload = this.#payload ??= Buffer.allocUnsafe(payloadBytes);
        rest = this.#fill(payload, rest);
        if (this.#filledBytes < payloadBytes) {
          return;
        }
      }
      this.#header = undefined;
      this.#payload = undefined;
      this.#filledBytes = 0;
      yield this.#textOf(header, payload);
    }
  }

  /** Copies as much as fits and returns what is left of `from`. */
  #fill(into: Buffer, from: Buffer): Buffer {
    const count = from.copy(into, this.#filledBytes);
    this.#filledBytes += count;
    return from.subarray(count);
  }

  #textOf(header: FrameHeader, payload: Buffer): Buffer {
    const text = header.compressedBytes === 0 ? payload : this.#decompress(payload, header.uncompressedBytes);
    const end = text.indexOf(NUL);
    if (text[text.length - 1] !== NUL) {
      throw new AgentError('FRAME_INVALID', 'Expected a payload that ends in NUL, got one that does not', {
        labels: ['peer-fault'],
        details: { field: 'payload', bytes: text.length },
      });
    }
    return text.subarray(0, end);
  }
}

function readHeader(bytes: Buffer): FrameHeader {
  const header = decodeHeader(bytes);
  if ('field' in header) {
    const { field, expected, came } = header;
    const code =
      field === 'size_total' && expected.startsWith('at most') ? 'FRAME_TOO_LARGE' : 'FRAME_INVALID';
    throw new AgentError(code, `Expected ${field} of a message header to be ${expected}, got ${came}`, {
      labels: ['peer-fault'],
      details: { field, expected, came },
    });
  }
  return header;
}
