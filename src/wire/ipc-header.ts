import { IPC_HEADER_BYTES } from './limits.ts';

/** How Pacemaker lays out its header in front of a local message: `old` up to 3.0.0, `new` since 3.0.1 [protocol 6.6]. */
export type IpcLayout = 'old' | 'new';

/** Bits of the header's flags that are about the transport alone: they are neither relayed nor told. */
export const IPC_BIT = { compressed: 0x1, event: 0x10000, multipart: 0x80000, lastPart: 0x100000 } as const;

/** The facts a local message's header carries. */
export interface IpcHeader {
  /** The sender's number for a request, and for the response to it. */
  readonly id: number;
  /** Bytes of the text with its closing NUL; of this part's text where there are several. */
  readonly textBytes: number;
  /** Bytes of the compressed text, 0 when it is not compressed. Always 0 in the new layout. */
  readonly compressedBytes: number;
  readonly flags: number;
  /** Number of this part, from 0. Always 0 in the old layout. */
  readonly part: number;
}

/** Why a header was not taken: the field, what was expected, what came. */
export interface IpcHeaderFault {
  readonly field: 'bytes' | 'size' | 'version' | 'payload';
  readonly expected: string;
  readonly came: string;
}

const VERSION = 1;

/** Byte offsets of the fields. The first three are libqb's, each in a slot of 8 bytes. */
const AT = { id: 0, size: 8, error: 16, textBytes: 24 };
const AT_OLD = { compressedBytes: 28, flags: 32, version: 36 };
const AT_NEW = { flags: 28, version: 32, part: 34 };

/** Only the old layout has something in byte 36: its version. */
const layoutOf = (message: Buffer): IpcLayout => (message[AT_OLD.version] === 0 ? 'new' : 'old');

/**
 * Reads the header of a whole message as libqb brought it. Both layouts call themselves version 1, so a connection's
 * first message decides and `layout` is given for all others.
 */
export function decodeIpcHeader(
  message: Buffer,
  layout?: IpcLayout,
): (IpcHeader & { readonly layout: IpcLayout }) | IpcHeaderFault {
  if (message.length < IPC_HEADER_BYTES) {
    return { field: 'bytes', expected: `at least ${IPC_HEADER_BYTES}`, came: String(message.length) };
  }
  const size = message.readInt32LE(AT.size);
  if (size !== message.length) {
    return { field: 'size', expected: `${message.length}, as many as came`, came: String(size) };
  }
  const found = layout ?? layoutOf(message);
  const version = message[found === 'old' ? AT_OLD.version : AT_NEW.version];
  if (version !== VERSION) {
    return { field: 'version', expected: String(VERSION), came: String(version) };
  }
  const header = { ...fieldsOf(message, found), layout: found };
  const payloadBytes = header.compressedBytes === 0 ? header.textBytes : header.compressedBytes;
  if (header.textBytes === 0 || payloadBytes > message.length - IPC_HEADER_BYTES) {
    const expected = `1 to ${message.length - IPC_HEADER_BYTES}, as many as came`;
    return { field: 'payload', expected, came: String(payloadBytes) };
  }
  return header;
}

function fieldsOf(message: Buffer, layout: IpcLayout): IpcHeader {
  const id = message.readInt32LE(AT.id);
  const textBytes = message.readUInt32LE(AT.textBytes);
  return layout === 'old'
    ? {
        id,
        textBytes,
        compressedBytes: message.readUInt32LE(AT_OLD.compressedBytes),
        flags: message.readUInt32LE(AT_OLD.flags),
        part: 0,
      }
    : {
        id,
        textBytes,
        compressedBytes: 0,
        flags: message.readUInt32LE(AT_NEW.flags),
        part: message.readUInt16LE(AT_NEW.part),
      };
}

/** Writes the header into the first bytes of `message`, which is as long as it will be sent. */
export function encodeIpcHeader(message: Buffer, layout: IpcLayout, header: IpcHeader): void {
  message.fill(0, 0, IPC_HEADER_BYTES);
  message.writeInt32LE(header.id, AT.id);
  message.writeInt32LE(message.length, AT.size);
  message.writeUInt32LE(header.textBytes, AT.textBytes);
  if (layout === 'old') {
    message.writeUInt32LE(header.compressedBytes, AT_OLD.compressedBytes);
    message.writeUInt32LE(header.flags, AT_OLD.flags);
    message[AT_OLD.version] = VERSION;
  } else {
    message.writeUInt32LE(header.flags, AT_NEW.flags);
    message[AT_NEW.version] = VERSION;
    message.writeUInt16LE(header.part, AT_NEW.part);
  }
}
