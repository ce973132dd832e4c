import { HEADER_BYTES, MESSAGE_LIMIT_BYTES } from './limits.ts';

/** The facts a frame header carries [protocol 2.1]. */
export interface FrameHeader {
  /** Bytes of header and payload. */
  readonly totalBytes: number;
  /** Bytes of the compressed payload, 0 when it is not compressed. */
  readonly compressedBytes: number;
  /** Bytes of the payload's text, with its closing NUL. */
  readonly uncompressedBytes: number;
}

/** Why a header was not taken: the field, what was expected, what came. */
export interface HeaderFault {
  readonly field: 'magic' | 'payload_offset' | 'size_total' | 'payload_uncompressed' | 'payload_compressed';
  readonly expected: string;
  readonly came: string;
}

const MAGIC = 0xbadadbbd;
const MAGIC_SWAPPED = 0xbddbdaba;
const VERSION = 1;

/** Byte offsets of the fields. */
const AT = {
  magic: 0,
  version: 4,
  id: 8,
  flags: 16,
  total: 24,
  offset: 28,
  compressed: 32,
  uncompressed: 36,
};

const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;

/**
 * Reads the 40 bytes of a header, in either byte order. `version` and `flags` are informational and not looked at
 * [protocol 2.4]; everything else must be right, or the stream can't be trusted any more.
 */
export function decodeHeader(bytes: Buffer): FrameHeader | HeaderFault {
  const magic = bytes.readUInt32LE(AT.magic);
  if (magic !== MAGIC && magic !== MAGIC_SWAPPED) {
    return { field: 'magic', expected: hex(MAGIC), came: hex(magic) };
  }
  const read = (at: number): number => (magic === MAGIC ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const offset = read(AT.offset);
  if (offset !== HEADER_BYTES) {
    return { field: 'payload_offset', expected: String(HEADER_BYTES), came: String(offset) };
  }
  const header = {
    totalBytes: read(AT.total),
    compressedBytes: read(AT.compressed),
    uncompressedBytes: read(AT.uncompressed),
  };
  return faultOf(header) ?? header;
}

function faultOf(header: FrameHeader): HeaderFault | undefined {
  const { totalBytes, compressedBytes, uncompressedBytes } = header;
  if (totalBytes > MESSAGE_LIMIT_BYTES) {
    return { field: 'size_total', expected: `at most ${MESSAGE_LIMIT_BYTES}`, came: String(totalBytes) };
  }
  if (uncompressedBytes > MESSAGE_LIMIT_BYTES - HEADER_BYTES) {
    const expected = `at most ${MESSAGE_LIMIT_BYTES - HEADER_BYTES}`;
    return { field: 'payload_uncompressed', expected, came: String(uncompressedBytes) };
  }
  const payloadBytes = compressedBytes === 0 ? uncompressedBytes : compressedBytes;
  if (totalBytes !== HEADER_BYTES + payloadBytes) {
    return { field: 'size_total', expected: String(HEADER_BYTES + payloadBytes), came: String(totalBytes) };
  }
  if (uncompressedBytes === 0) {
    return { field: 'payload_uncompressed', expected: 'at least 1 (the closing NUL)', came: '0' };
  }
  return undefined;
}

/** The header of an uncompressed message of `payloadBytes` (with its NUL). `id` is informational [protocol 2.1]. */
export function encodeHeader(id: number, payloadBytes: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeUInt32LE(MAGIC, AT.magic);
  bytes.writeUInt32LE(VERSION, AT.version);
  bytes.writeBigUInt64LE(BigInt(id), AT.id);
  bytes.writeUInt32LE(HEADER_BYTES + payloadBytes, AT.total);
  bytes.writeUInt32LE(HEADER_BYTES, AT.offset);
  bytes.writeUInt32LE(0, AT.compressed);
  bytes.writeUInt32LE(payloadBytes, AT.uncompressed);
  return bytes;
}
