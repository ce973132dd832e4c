import { describe, expect, it } from 'vitest';
import { compress } from '../../../src/native/bzip2.ts';
import type { IpcLayout } from '../../../src/wire/ipc-header.ts';
import { IpcWriter } from '../../../src/wire/ipc-writer.ts';
import { MAX_BYTES, newMessage, nul, oldMessage, readAll } from './ipc-kit.ts';

const writerOf = (layout: IpcLayout, maxMessageBytes = MAX_BYTES): IpcWriter =>
  new IpcWriter({ compress, layout, maxMessageBytes });

/** Text that bzip2 can do little about. */
function noise(bytes: number): string {
  let state = 1;
  return Array.from({ length: bytes }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return String.fromCharCode(33 + (state % 90));
  }).join('');
}

describe('writing local messages', () => {
  it.each([
    { layout: 'old', make: oldMessage },
    { layout: 'new', make: newMessage },
  ] as const)('makes responses and events of the $layout layout', ({ layout, make }) => {
    const writer = writerOf(layout);
    expect(writer.response(9, '<ack a="é"/>')).toEqual([make({ id: 9, payload: nul('<ack a="é"/>') })]);
    expect(writer.event('<a/>')).toEqual([make({ id: 1, flags: 0x10000, payload: nul('<a/>') })]);
    expect(writer.event('<b/>')).toEqual([make({ id: 2, flags: 0x10000, payload: nul('<b/>') })]);
    expect(writer.response(10, '')).toEqual([make({ id: 10, payload: nul('') })]);
  });

  it.each([2 ** 31, -(2 ** 31) - 1, 0.5, Number.NaN])('answers no request of number %d', (id) => {
    expect(() => writerOf('old').response(id, '<ack/>')).toThrow(
      expect.objectContaining({ code: 'MESSAGE_INVALID' }),
    );
  });

  it.each([2 ** 31 - 1, -(2 ** 31)])('answers request %d', (id) => {
    expect(writerOf('new').response(id, '<ack/>')[0]?.readInt32LE(0)).toBe(id);
  });
});

describe('large messages of the old layout', () => {
  it.each([
    { size: MAX_BYTES - 1, isPlain: true },
    { size: MAX_BYTES, isPlain: false },
    { size: MAX_BYTES + 1, isPlain: false },
  ])('go as they are when all is $size bytes: $isPlain', ({ size, isPlain }) => {
    const text = 'x'.repeat(size - 40 - 1);
    const [message = Buffer.alloc(40)] = writerOf('old').event(text);
    expect(message.readUInt32LE(24)).toBe(text.length + 1);
    expect(message.readUInt32LE(28)).toBe(isPlain ? 0 : message.length - 40);
    expect(message.readUInt32LE(32)).toBe(isPlain ? 0x10000 : 0x10001);
    expect(readAll([message])).toEqual([{ id: 1, flags: 0x10000, text }]);
  });

  it('go as they are in a larger buffer', () => {
    const text = noise(400_000);
    const [message = Buffer.alloc(40)] = writerOf('old', 524_288).response(4, text);
    expect(message.readUInt32LE(28)).toBe(0);
    expect(readAll([message], 524_288)).toEqual([{ id: 4, flags: 0, text }]);
  });

  it('can be undeliverable', () => {
    expect(() => writerOf('old').response(1, noise(200_000))).toThrow(
      expect.objectContaining({
        code: 'MESSAGE_TOO_LARGE',
        message: expect.stringContaining('fits in 131072 bytes'),
        details: { bytes: 200_001, limitBytes: MAX_BYTES },
      }),
    );
  });

  it.each([
    { room: 1, isSent: true },
    { room: 0, isSent: true },
    { room: -1, isSent: false },
  ])('must stay below the maximum once compressed: $room bytes of room, $isSent', ({ room, isSent }) => {
    const text = noise(200_000);
    const packedBytes = compress(nul(text), 400_000)?.length ?? 0;
    const writer = writerOf('old', 40 + packedBytes + 1 + room);
    if (isSent) {
      expect(writer.response(1, text)[0]).toHaveLength(40 + packedBytes);
    } else {
      expect(() => writer.response(1, text)).toThrow(expect.objectContaining({ code: 'MESSAGE_TOO_LARGE' }));
    }
  });
});

describe('large messages of the new layout', () => {
  it.each([
    { size: MAX_BYTES - 1, sizes: [MAX_BYTES - 1] },
    { size: MAX_BYTES, sizes: [MAX_BYTES] },
    { size: MAX_BYTES + 1, sizes: [MAX_BYTES, 42] },
    { size: 3 * 131_031 + 41, sizes: [MAX_BYTES, MAX_BYTES, MAX_BYTES] },
    { size: 3 * 131_031 + 42, sizes: [MAX_BYTES, MAX_BYTES, MAX_BYTES, 42] },
  ])('that would be $size bytes go as $sizes', ({ size, sizes }) => {
    const messages = writerOf('new', 524_288).response(6, 'x'.repeat(size - 40 - 1));
    expect(messages.map(({ length }) => length)).toEqual(sizes);
  });

  it('are numbered parts, each with its NUL, the last one marked', () => {
    const text = `<a>${'€'.repeat(100_000)}</a>`;
    const messages = writerOf('new').event(text);
    expect(messages.map((message) => message.readUInt16LE(34))).toEqual([0, 1, 2]);
    expect(messages.map((message) => message.readUInt32LE(28))).toEqual([0x90000, 0x90000, 0x190000]);
    expect(messages.map((message) => message.readInt32LE(0))).toEqual([1, 1, 1]);
    expect(messages.map((message) => message.at(-1))).toEqual([0, 0, 0]);
    expect(readAll(messages)).toEqual([{ id: 1, flags: 0x10000, text }]);
  });

  it('know no compression', () => {
    const writer = new IpcWriter({
      compress: () => {
        throw new Error('asked to compress');
      },
      layout: 'new',
      maxMessageBytes: MAX_BYTES,
    });
    expect(writer.event(noise(300_000))).toHaveLength(3);
  });
});
