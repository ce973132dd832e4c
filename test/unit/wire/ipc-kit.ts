import { compress, decompress } from '../../../src/native/bzip2.ts';
import { type IpcMessage, IpcReader } from '../../../src/wire/ipc-reader.ts';

export const MAX_BYTES = 131_072;

/** Fields of a header as [protocol 6.6] places them, written without the code under test. */
export interface RawMessage {
  readonly id?: number;
  readonly flags?: number;
  readonly part?: number;
  /** With its NUL, compressed where `compressedBytes` says so. */
  readonly payload: Buffer;
  readonly textBytes?: number;
  readonly compressedBytes?: number;
}

const begin = ({ id = 1, payload, textBytes = payload.length }: RawMessage): Buffer => {
  const message = Buffer.concat([Buffer.alloc(40), payload]);
  message.writeInt32LE(id, 0);
  message.writeInt32LE(message.length, 8);
  message.writeUInt32LE(textBytes, 24);
  return message;
};

/** As clients up to 3.0.0 send it. */
export function oldMessage(raw: RawMessage): Buffer {
  const message = begin(raw);
  message.writeUInt32LE(raw.compressedBytes ?? 0, 28);
  message.writeUInt32LE(raw.flags ?? 0, 32);
  message[36] = 1;
  return message;
}

/** As clients since 3.0.1 send it. */
export function newMessage(raw: RawMessage): Buffer {
  const message = begin(raw);
  message.writeUInt32LE(raw.flags ?? 0, 28);
  message[32] = 1;
  message.writeUInt16LE(raw.part ?? 0, 34);
  return message;
}

/** A text with its NUL. */
export const nul = (text: string): Buffer => Buffer.from(`${text}\0`);

/** Compressed as clients do it. */
export function packed(text: string): RawMessage {
  const plain = nul(text);
  const payload = compress(plain, plain.length + 1000) ?? Buffer.alloc(0);
  return { payload, textBytes: plain.length, compressedBytes: payload.length, flags: 0x1 };
}

/** What a fresh reader makes of a client's messages. */
export function readAll(messages: readonly Buffer[], maxMessageBytes = MAX_BYTES): IpcMessage[] {
  const reader = new IpcReader({ decompress, maxMessageBytes });
  return messages.flatMap((message) => reader.read(message) ?? []);
}
