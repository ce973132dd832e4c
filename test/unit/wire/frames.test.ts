import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader } from '../../../src/wire/frame-reader.ts';
import { FrameWriter } from '../../../src/wire/frame-writer.ts';
import { HEADER_BYTES, MESSAGE_LIMIT_BYTES } from '../../../src/wire/limits.ts';
import { bytesOf, readAll } from './kit.ts';

const TEXTS = ['<a/>', '<b c="d"/>', `<long>${'x'.repeat(70_000)}</long>`, '<é/>'];
const stream = (): Buffer => {
  const writer = new FrameWriter();
  return Buffer.concat(TEXTS.map((text) => bytesOf(writer.frame(text))));
};

describe('reading frames', () => {
  it('gives the same for one piece, single bytes and random cuts', () => {
    const bytes = stream();
    expect(readAll([bytes])).toEqual(TEXTS);
    expect(readAll(Array.from(bytes, (byte) => Buffer.of(byte)))).toEqual(TEXTS);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 40 }), (cuts) => {
        const ends = [...cuts.sort((one, other) => one - other), bytes.length];
        const pieces = ends.map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
        expect(readAll(pieces)).toEqual(TEXTS);
      }),
    );
  });

  it('knows whether it is inside a frame', () => {
    const reader = new FrameReader((payload) => payload);
    const bytes = stream();
    expect(reader.isInsideFrame).toBe(false);
    expect([...reader.read(bytes.subarray(0, 1))]).toEqual([]);
    expect(reader.isInsideFrame).toBe(true);
    expect([...reader.read(bytes.subarray(1))]).toHaveLength(TEXTS.length);
    expect(reader.isInsideFrame).toBe(false);
  });

  it('swaps every field when the magic is swapped', () => {
    const bytes = bytesOf(new FrameWriter().frame('<a/>'));
    const swapped = Buffer.concat([
      swapHeader(bytes.subarray(0, HEADER_BYTES)),
      bytes.subarray(HEADER_BYTES),
    ]);
    expect(readAll([swapped])).toEqual(['<a/>']);
  });

  it('takes any version and flags, which are informational', () => {
    const bytes = bytesOf(new FrameWriter().frame('<a/>'));
    bytes.writeUInt32LE(99, 4);
    bytes.writeBigUInt64LE(2n ** 63n, 8);
    bytes.writeBigUInt64LE(2n ** 64n - 1n, 16);
    expect(readAll([bytes])).toEqual(['<a/>']);
  });

  it('ends the text at the first NUL', () => {
    expect(readAll([bytesOf(new FrameWriter().frame('<a/>\0<b/>'))])).toEqual(['<a/>']);
  });

  it('expands a compressed payload', () => {
    const { header, payload } = new FrameWriter().frame('<a/>');
    const packed = Buffer.from('packed');
    header.writeUInt32LE(HEADER_BYTES + packed.length, 24);
    header.writeUInt32LE(packed.length, 32);
    const reader = new FrameReader((bytes, expectedBytes) => {
      expect(bytes.toString()).toBe('packed');
      expect(expectedBytes).toBe(payload.length);
      return payload;
    });
    const texts = [...reader.read(Buffer.concat([header, packed]))];
    expect(texts.map(String)).toEqual(['<a/>']);
  });

  it.each([
    ['magic', 0, 0xbadadbbe],
    ['magic', 0, 0],
    ['magic', 0, 0x20544547],
    ['payload_offset', 28, 0],
    ['payload_offset', 28, 39],
    ['payload_offset', 28, 41],
    ['payload_offset', 28, 0xffffffff],
    ['size_total', 24, 0],
    ['size_total', 24, 40],
    ['size_total', 24, 44],
    ['size_total', 24, 46],
    ['size_total', 24, 2 ** 31],
    ['size_total', 24, 0xffffffff],
    ['payload_uncompressed', 36, 0xffffffff],
    ['payload_uncompressed', 36, 2 ** 31],
    ['size_total', 36, 0],
    ['size_total', 32, 1],
    ['size_total', 32, 0xffffffff],
  ])('refuses a wrong %s (at %i: %i) as soon as the header is there', (field, offset, value) => {
    const { header } = new FrameWriter().frame('<a/>');
    header.writeUInt32LE(value, offset);
    expect(() => readAll([header])).toThrow(
      expect.objectContaining({
        details: expect.objectContaining({ field }),
        message: expect.stringMatching(/^Expected .*, got /),
      }),
    );
  });

  it('refuses an empty payload and one without its NUL', () => {
    const { header, payload } = new FrameWriter().frame('<a/>');
    payload[payload.length - 1] = 0x20;
    expect(() => readAll([header, payload])).toThrow(/ends in NUL/);
    header.writeUInt32LE(HEADER_BYTES, 24);
    header.writeUInt32LE(0, 36);
    expect(() => readAll([header])).toThrow(/closing NUL/);
  });

  it.each([
    [MESSAGE_LIMIT_BYTES - 1, true],
    [MESSAGE_LIMIT_BYTES, true],
    [MESSAGE_LIMIT_BYTES + 1, false],
  ])('takes a message of %i bytes: %s', (totalBytes, isTaken) => {
    const { header } = new FrameWriter().frame('');
    header.writeUInt32LE(totalBytes, 24);
    header.writeUInt32LE(totalBytes - HEADER_BYTES, 36);
    const read = (): string[] => readAll([header, Buffer.alloc(totalBytes - HEADER_BYTES)]);
    if (isTaken) {
      expect(read()).toEqual(['']);
    } else {
      expect(read).toThrow(expect.objectContaining({ code: 'FRAME_TOO_LARGE' }));
    }
  });
});

describe('writing frames', () => {
  it('makes the header that 2.1.5 sends', () => {
    const { header, payload } = new FrameWriter().frame('x'.repeat(203));
    const captured = 'bddbdaba0100000001000000000000000000000000000000f40000002800000000000000cc000000';
    expect(header.toString('hex')).toBe(captured);
    expect(payload.at(-1)).toBe(0);
  });

  it('counts messages', () => {
    const writer = new FrameWriter();
    const ids = [1, 2, 3].map(() => writer.frame('').header.readBigUInt64LE(8));
    expect(ids).toEqual([1n, 2n, 3n]);
  });

  it.each([
    [MESSAGE_LIMIT_BYTES - HEADER_BYTES - 2, true],
    [MESSAGE_LIMIT_BYTES - HEADER_BYTES - 1, true],
    [MESSAGE_LIMIT_BYTES - HEADER_BYTES, false],
  ])('makes a message of %i characters: %s', (length, isMade) => {
    const make = (): unknown => new FrameWriter().frame('x'.repeat(length));
    if (isMade) {
      expect(make()).toBeDefined();
    } else {
      expect(make).toThrow(expect.objectContaining({ code: 'FRAME_TOO_LARGE' }));
    }
  });
});

function swapHeader(header: Buffer): Buffer {
  const swapped = Buffer.from(header);
  for (const at of [0, 4, 24, 28, 32, 36]) {
    swapped.subarray(at, at + 4).swap32();
  }
  swapped.subarray(8, 16).swap64();
  swapped.subarray(16, 24).swap64();
  return swapped;
}
