import { AgentError } from '../errors/agent-error.ts';

/** The largest message, in bytes: a history of everything that is kept is below it. */
export const MESSAGE_LIMIT_BYTES = 8 * 1024 * 1024;

const LENGTH_BYTES = 4;

/** A message with its length in front. @throws AgentError FRAME_TOO_LARGE */
export function frame(message: Buffer): Buffer {
  if (message.length > MESSAGE_LIMIT_BYTES) {
    throw new AgentError(
      'FRAME_TOO_LARGE',
      `Expected a message of at most ${MESSAGE_LIMIT_BYTES} bytes, got ${message.length}`,
    );
  }
  const framed = Buffer.allocUnsafe(LENGTH_BYTES + message.length);
  framed.writeUInt32BE(message.length);
  message.copy(framed, LENGTH_BYTES);
  return framed;
}

/** Puts messages together again that come in any pieces. */
export class FrameCollector {
  #chunks: Buffer[] = [];
  #bytes = 0;

  /** True while a message has begun and is not whole. */
  get isInside(): boolean {
    return this.#bytes > 0;
  }

  /**
   * Takes a piece and gives the messages that are whole now.
   * @throws AgentError FRAME_TOO_LARGE for a length that no message has; nothing can be read after it
   */
  *push(chunk: Buffer): Generator<Buffer> {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    while (this.#bytes >= LENGTH_BYTES) {
      const length = this.#peekLength();
      if (length > MESSAGE_LIMIT_BYTES) {
        throw new AgentError(
          'FRAME_TOO_LARGE',
          `Expected a message of at most ${MESSAGE_LIMIT_BYTES} bytes, got one of ${length}`,
        );
      }
      if (this.#bytes < LENGTH_BYTES + length) {
        return;
      }
      const all = this.#all();
      this.#chunks = [all.subarray(LENGTH_BYTES + length)];
      this.#bytes -= LENGTH_BYTES + length;
      yield all.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
    }
  }

  #peekLength(): number {
    const [first] = this.#chunks;
    return first !== undefined && first.length >= LENGTH_BYTES
      ? first.readUInt32BE()
      : this.#all().readUInt32BE();
  }

  #all(): Buffer {
    const all = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }
}
