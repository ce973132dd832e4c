import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decompress } from '../../src/native/bzip2.ts';
import { FrameReader } from '../../src/wire/frame-reader.ts';
import { FrameWriter } from '../../src/wire/frame-writer.ts';
import { HEADER_BYTES, MESSAGE_LIMIT_BYTES } from '../../src/wire/limits.ts';
import { settings } from './settings.ts';

const FRAME_ERROR = { code: expect.stringMatching(/^FRAME_(INVALID|TOO_LARGE)$/) };

/** What a reader made of the bytes: the texts, and whether it broke off. */
function readAll(pieces: readonly Uint8Array[]): { texts: string[]; isBroken: boolean; reader: FrameReader } {
  const reader = new FrameReader(decompress);
  const texts: string[] = [];
  for (const piece of pieces) {
    try {
      for (const text of reader.read(Buffer.from(piece))) {
        texts.push(text.toString('latin1'));
      }
    } catch (error) {
      expect(error).toMatchObject(FRAME_ERROR);
      return { texts, isBroken: true, reader };
    }
  }
  return { texts, isBroken: false, reader };
}

const MAGICS = [0xbadadbbd, 0xbddbdaba, 0, 0xffffffff];
const word = fc.oneof(
  fc.constantFrom(0, 1, 39, 40, 41, 2 ** 31, 2 ** 32 - 1, MESSAGE_LIMIT_BYTES, MESSAGE_LIMIT_BYTES + 1),
  fc.nat(200),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
);

/** A header that is nearly right: each field is what it should be, or something else. */
const frame = fc
  .record({
    payload: fc.uint8Array({ maxLength: 120 }),
    isClosed: fc.boolean(),
    magic: fc.oneof({ weight: 8, arbitrary: fc.constant(MAGICS[0]) }, fc.constantFrom(...MAGICS)),
    fields: fc.dictionary(fc.constantFrom('4', '24', '28', '32', '36'), word, { maxKeys: 2 }),
  })
  .map(({ payload, isClosed, magic, fields }) => {
    const bytes = new FrameWriter().frame('');
    const body = Buffer.concat([payload, isClosed ? Buffer.of(0) : Buffer.alloc(0)]);
    bytes.header.writeUInt32LE(magic ?? 0, 0);
    bytes.header.writeUInt32LE(HEADER_BYTES + body.length, 24);
    bytes.header.writeUInt32LE(body.length, 36);
    for (const [at, value] of Object.entries(fields)) {
      bytes.header.writeUInt32LE(value, Number(at));
    }
    return Buffer.concat([bytes.header, body]);
  });

describe('a frame reader', () => {
  it('throws nothing but its own errors, whatever bytes come', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 }), (pieces) => {
        readAll(pieces);
      }),
      settings(1000),
    );
  });

  it('gives the same for nearly right frames in one piece, in single bytes and in random cuts', () => {
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 5 }),
        fc.array(fc.nat(800), { maxLength: 8 }),
        (frames, cuts) => {
          const bytes = Buffer.concat(frames);
          const ends = [...cuts.map((at) => Math.min(at, bytes.length)).sort((a, b) => a - b), bytes.length];
          const pieces = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
          const { texts, isBroken } = readAll([bytes]);
          expect(readAll(Array.from(bytes, (byte) => Buffer.of(byte)))).toMatchObject({ texts, isBroken });
          expect(readAll(pieces)).toMatchObject({ texts, isBroken });
        },
      ),
      settings(300),
    );
  });

  it('accepts nothing any more after an error', () => {
    const good = new FrameWriter().frame('<good/>');
    const after = Buffer.concat([good.header, good.payload]);
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 4 }), (frames) => {
        const { isBroken, reader } = readAll(frames);
        fc.pre(isBroken);
        const texts: Buffer[] = [];
        expect(() => texts.push(...reader.read(after))).toThrow(expect.objectContaining(FRAME_ERROR));
        expect(texts).toEqual([]);
      }),
      settings(300),
    );
  });

  it('holds nothing once its messages have been taken', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 300 }), { minLength: 1, maxLength: 20 }), (texts) => {
        const writer = new FrameWriter();
        const pieces = texts.flatMap((text) => Object.values(writer.frame(text.replaceAll('\0', ' '))));
        const { reader, texts: read } = readAll(pieces as Buffer[]);
        expect(read).toHaveLength(texts.length);
        expect(reader.isInsideFrame).toBe(false);
      }),
      settings(200),
    );
  });

  it('refuses a size above the limit before it makes room for it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: MESSAGE_LIMIT_BYTES + 1, max: 2 ** 32 - 1 }),
        fc.boolean(),
        (size, isPacked) => {
          const { header } = new FrameWriter().frame('');
          header.writeUInt32LE(size, 24);
          header.writeUInt32LE(isPacked ? size - HEADER_BYTES : 0, 32);
          header.writeUInt32LE(isPacked ? 100 : size - HEADER_BYTES, 36);
          const before = process.memoryUsage().arrayBuffers;
          expect(readAll([header]).isBroken).toBe(true);
          expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MESSAGE_LIMIT_BYTES);
        },
      ),
      settings(100),
    );
  });
});
