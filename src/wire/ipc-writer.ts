import { AgentError } from '../errors/agent-error.ts';
import { encodeIpcHeader, IPC_BIT, type IpcLayout } from './ipc-header.ts';
import { IPC_HEADER_BYTES, IPC_PART_BYTES } from './limits.ts';

/** Packs bytes as one bzip2 stream; undefined when it would take more than `limitBytes`. Given by the caller. */
export type Compress = (bytes: Buffer, limitBytes: number) => Buffer | undefined;

export interface IpcWriterOptions {
  readonly compress: Compress;
  /** As the client's first message had it. */
  readonly layout: IpcLayout;
  /** What the connection was granted. */
  readonly maxMessageBytes: number;
}

/** Largest number of a message; libqb's field has a sign. */
const LAST_ID = 2 ** 31 - 1;
const NUL_BYTES = 1;

/** Makes the messages for one local client, in the layout that it speaks [protocol 6.6]. */
export class IpcWriter {
  readonly #options: IpcWriterOptions;
  #lastEvent = 0;

  constructor(options: IpcWriterOptions) {
    this.#options = options;
  }

  /**
   * The answer to a request, as libqb messages to be sent one after the other.
   * @throws AgentError MESSAGE_TOO_LARGE when it can't be delivered: the client would wait in vain; MESSAGE_INVALID
   *   for a number that no request can have
   */
  response(id: number, text: string): Buffer[] {
    if (id !== (id | 0)) {
      throw new AgentError('MESSAGE_INVALID', `Expected the number of a request, of 32 bits, got ${id}`);
    }
    return this.#pack(id, 0, text);
  }

  /** What is told unasked; else as `response`. */
  event(text: string): Buffer[] {
    this.#lastEvent = this.#lastEvent === LAST_ID ? 1 : this.#lastEvent + 1;
    return this.#pack(this.#lastEvent, IPC_BIT.event, text);
  }

  #pack(id: number, flags: number, text: string): Buffer[] {
    const bytes = Buffer.from(text);
    return this.#options.layout === 'old' ? [this.#packOld(id, flags, bytes)] : packNew(id, flags, bytes);
  }

  /** One message, compressed where it would not fit; upstream's clients take only less than the maximum. */
  #packOld(id: number, flags: number, bytes: Buffer): Buffer {
    const { compress, maxMessageBytes } = this.#options;
    const textBytes = bytes.length + NUL_BYTES;
    const plain = { id, textBytes, compressedBytes: 0, flags, part: 0 };
    if (IPC_HEADER_BYTES + textBytes < maxMessageBytes) {
      const message = Buffer.alloc(IPC_HEADER_BYTES + textBytes);
      bytes.copy(message, IPC_HEADER_BYTES);
      encodeIpcHeader(message, 'old', plain);
      return message;
    }
    const roomBytes = maxMessageBytes - IPC_HEADER_BYTES - 1;
    const packed = compress(Buffer.concat([bytes], textBytes), roomBytes);
    if (packed === undefined) {
      throw new AgentError(
        'MESSAGE_TOO_LARGE',
        `Expected a message for a local client that fits in ${maxMessageBytes} bytes once compressed, got one of ${textBytes}`,
        { details: { bytes: textBytes, limitBytes: maxMessageBytes } },
      );
    }
    const message = Buffer.concat([Buffer.alloc(IPC_HEADER_BYTES), packed]);
    encodeIpcHeader(message, 'old', {
      ...plain,
      compressedBytes: packed.length,
      flags: flags | IPC_BIT.compressed,
    });
    return message;
  }
}

/** As many messages as it takes, never compressed; one that fits says nothing of parts. */
function packNew(id: number, flags: number, bytes: Buffer): Buffer[] {
  const roomBytes = IPC_PART_BYTES - IPC_HEADER_BYTES - NUL_BYTES;
  const count = Math.max(1, Math.ceil(bytes.length / roomBytes));
  return Array.from({ length: count }, (_none, part) => {
    const text = bytes.subarray(part * roomBytes, (part + 1) * roomBytes);
    const textBytes = text.length + NUL_BYTES;
    const message = Buffer.alloc(IPC_HEADER_BYTES + textBytes);
    text.copy(message, IPC_HEADER_BYTES);
    const last = part === count - 1 ? IPC_BIT.lastPart : 0;
    const multipart = count === 1 ? 0 : IPC_BIT.multipart | last;
    encodeIpcHeader(message, 'new', { id, textBytes, compressedBytes: 0, flags: flags | multipart, part });
    return message;
  });
}
