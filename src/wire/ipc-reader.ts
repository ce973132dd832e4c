import { AgentError } from '../errors/agent-error.ts';
import type { Decompress } from './frame-reader.ts';
import { decodeIpcHeader, IPC_BIT, type IpcHeader, type IpcLayout } from './ipc-header.ts';
import { IPC_HEADER_BYTES, IPC_TEXT_LIMIT_BYTES } from './limits.ts';

/** A local client's request. */
export interface IpcMessage {
  readonly id: number;
  /** Without those of the transport. */
  readonly flags: number;
  /** Without the NUL behind it. */
  readonly text: string;
}

export interface IpcReaderOptions {
  readonly decompress: Decompress;
  /** What the connection was granted. */
  readonly maxMessageBytes: number;
}

/** Parts of a request that is not complete yet. */
interface Unfinished {
  readonly id: number;
  readonly parts: Buffer[];
  bytes: number;
}

const NUL = 0;
const TRANSPORT_BITS = IPC_BIT.compressed | IPC_BIT.multipart | IPC_BIT.lastPart;

/**
 * Reads what one local client sends, in the layout of its first message. Holds no more than one request; keeps the
 * bytes of its parts, which must not be changed afterwards.
 */
export class IpcReader {
  readonly #options: IpcReaderOptions;
  #layout: IpcLayout | undefined;
  #unfinished: Unfinished | undefined;

  constructor(options: IpcReaderOptions) {
    this.#options = options;
  }

  /** The layout to answer in; undefined until the first message has come. */
  get layout(): IpcLayout | undefined {
    return this.#layout;
  }

  /**
   * Takes one libqb message.
   * @returns the request, or undefined when further parts of it are to come
   * @throws AgentError FRAME_INVALID or FRAME_TOO_LARGE; the client can't be trusted any more
   */
  read(message: Buffer): IpcMessage | undefined {
    if (message.length > this.#options.maxMessageBytes) {
      throw tooLarge(`a local message of at most ${this.#options.maxMessageBytes} bytes`, message.length);
    }
    const header = this.#header(message);
    if ((header.flags & IPC_BIT.multipart) !== 0) {
      return this.#take(header, message);
    }
    if (this.#unfinished !== undefined) {
      throw invalid(
        'part',
        `part ${this.#unfinished.parts.length} of request ${this.#unfinished.id}`,
        'other',
      );
    }
    return toMessage(header, this.#textOf(header, message));
  }

  #header(message: Buffer): IpcHeader {
    const header = decodeIpcHeader(message, this.#layout);
    if ('field' in header) {
      throw invalid(header.field, header.expected, header.came);
    }
    this.#layout = header.layout;
    return header;
  }

  /** Adds one part. The NUL behind it is none of the text. */
  #take(header: IpcHeader, message: Buffer): IpcMessage | undefined {
    const unfinished = this.#unfinished ?? { id: header.id, parts: [], bytes: 0 };
    this.#unfinished = unfinished;
    const { id, parts } = unfinished;
    if (header.id !== id || header.part !== parts.length) {
      throw invalid('part', `part ${parts.length} of request ${id}`, `part ${header.part} of ${header.id}`);
    }
    const text = this.#textOf(header, message);
    unfinished.bytes += text.length;
    if (unfinished.bytes > IPC_TEXT_LIMIT_BYTES) {
      throw tooLarge(`a request of at most ${IPC_TEXT_LIMIT_BYTES} bytes`, unfinished.bytes);
    }
    parts.push(text);
    if ((header.flags & IPC_BIT.lastPart) === 0) {
      return undefined;
    }
    this.#unfinished = undefined;
    // Parts are cut between bytes, not between characters.
    return toMessage(header, Buffer.concat(parts, unfinished.bytes));
  }

  #textOf({ textBytes, compressedBytes }: IpcHeader, message: Buffer): Buffer {
    if (textBytes - 1 > IPC_TEXT_LIMIT_BYTES) {
      throw tooLarge(`a request of at most ${IPC_TEXT_LIMIT_BYTES} bytes`, textBytes - 1);
    }
    const payloadBytes = compressedBytes === 0 ? textBytes : compressedBytes;
    const payload = message.subarray(IPC_HEADER_BYTES, IPC_HEADER_BYTES + payloadBytes);
    const text = compressedBytes === 0 ? payload : this.#options.decompress(payload, textBytes);
    if (text[text.length - 1] !== NUL) {
      throw invalid('payload', 'a NUL at its end', String(text[text.length - 1]));
    }
    return text.subarray(0, -1);
  }
}

function toMessage({ id, flags }: IpcHeader, text: Buffer): IpcMessage {
  const end = text.indexOf(NUL);
  const string = text.toString('utf8', 0, end === -1 ? text.length : end);
  return { id, flags: (flags & ~TRANSPORT_BITS) >>> 0, text: string };
}

function invalid(field: string, expected: string, came: string): AgentError {
  return new AgentError(
    'FRAME_INVALID',
    `Expected ${field} of a local message to be ${expected}, got ${came}`,
    {
      labels: ['peer-fault'],
      details: { field, expected, came },
    },
  );
}

function tooLarge(expected: string, came: number): AgentError {
  return new AgentError('FRAME_TOO_LARGE', `Expected ${expected}, got ${came}`, {
    labels: ['peer-fault'],
    details: { bytes: came },
  });
}
