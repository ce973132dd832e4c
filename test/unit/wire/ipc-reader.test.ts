import { describe, expect, it } from 'vitest';
import { decompress } from '../../../src/native/bzip2.ts';
import { IpcReader } from '../../../src/wire/ipc-reader.ts';
import { IPC_TEXT_LIMIT_BYTES } from '../../../src/wire/limits.ts';
import { MAX_BYTES, newMessage, nul, oldMessage, packed, type RawMessage, readAll } from './ipc-kit.ts';

const MULTIPART = 0x80000;
const LAST = 0x180000;

const LAYOUTS = [
  { layout: 'old', make: oldMessage },
  { layout: 'new', make: newMessage },
] as const;

/** A text in parts of so many bytes. */
function inParts(text: string, partBytes: number, id = 7): Buffer[] {
  const bytes = Buffer.from(text);
  const count = Math.ceil(bytes.length / partBytes);
  return Array.from({ length: count }, (_none, part) => {
    const payload = Buffer.concat([bytes.subarray(part * partBytes, (part + 1) * partBytes), Buffer.of(0)]);
    return newMessage({ id, flags: 0x200 | (part === count - 1 ? LAST : MULTIPART), part, payload });
  });
}

const invalid = (field: string): unknown =>
  expect.objectContaining({
    code: 'FRAME_INVALID',
    labels: ['peer-fault'],
    details: expect.objectContaining({ field }),
    message: expect.stringMatching(/^Expected .*, got /),
  });

describe('reading local messages', () => {
  it.each(LAYOUTS)('knows the $layout layout by the first message, and keeps to it', ({ layout, make }) => {
    const reader = new IpcReader({ decompress, maxMessageBytes: MAX_BYTES });
    expect(reader.layout).toBeUndefined();
    expect(reader.read(make({ id: 5, flags: 0x300, payload: nul('<é/>') }))).toEqual({
      id: 5,
      flags: 0x300,
      text: '<é/>',
    });
    expect(reader.layout).toBe(layout);
    const other = layout === 'old' ? newMessage : oldMessage;
    expect(() => reader.read(other({ payload: nul('<a/>') }))).toThrow(invalid('version'));
  });

  it('a message that is refused decides nothing', () => {
    const reader = new IpcReader({ decompress, maxMessageBytes: MAX_BYTES });
    expect(() => reader.read(Buffer.alloc(40))).toThrow(invalid('size'));
    expect(reader.layout).toBeUndefined();
  });

  it.each(LAYOUTS)('takes off the bits of the transport alone ($layout)', ({ make }) => {
    const flags = (0xffffffff & ~MULTIPART) >>> 0;
    expect(readAll([make({ flags, payload: nul('<a/>') })])[0]?.flags).toBe(0xffe7fffe);
  });

  it.each(LAYOUTS)('takes any number a request can have ($layout)', ({ make }) => {
    const ids = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)];
    expect(readAll(ids.map((id) => make({ id, payload: nul('<a/>') }))).map(({ id }) => id)).toEqual(ids);
  });

  it.each(LAYOUTS)('ends the text at the first NUL ($layout)', ({ make }) => {
    expect(readAll([make({ payload: nul('<a/>\0<b/>') })])[0]?.text).toBe('<a/>');
    expect(readAll([make({ payload: nul('') })])[0]?.text).toBe('');
  });

  it('expands what is compressed', () => {
    const text = `<é>${'x'.repeat(300_000)}</é>`;
    expect(readAll([oldMessage({ ...packed(text), id: 3 })])).toEqual([{ id: 3, flags: 0, text }]);
  });

  it.each([1, 2, 3, 7, 1000, MAX_BYTES - 41])(
    'joins parts of %i bytes before it decodes them',
    (partBytes) => {
      const text = `<a>${'é€𝄞'.repeat(50)}</a>`;
      expect(readAll([...inParts(text, partBytes), ...inParts('<b/>', partBytes, 8)])).toEqual([
        { id: 7, flags: 0x200, text },
        { id: 8, flags: 0x200, text: '<b/>' },
      ]);
    },
  );
});

describe('local messages that are refused', () => {
  it.each(LAYOUTS)('are those whose size is not what came ($layout)', ({ make }) => {
    for (const size of [0, -1, -(2 ** 31), 2 ** 31 - 1, 39, 40, 44, 46]) {
      const message = make({ payload: nul('<a/>') });
      message.writeInt32LE(size, 8);
      expect(() => readAll([message])).toThrow(invalid('size'));
    }
  });

  it.each([0, 1, 39])('are those of %i bytes, too short for a header', (bytes) => {
    expect(() => readAll([Buffer.alloc(bytes)])).toThrow(invalid('bytes'));
  });

  it.each(LAYOUTS)('are those whose payload is empty or more than came ($layout)', ({ make }) => {
    for (const textBytes of [0, 6, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]) {
      expect(() => readAll([make({ payload: nul('<a/>'), textBytes })])).toThrow(invalid('payload'));
    }
    expect(() => readAll([make({ payload: Buffer.alloc(0) })])).toThrow(invalid('payload'));
    expect(readAll([make({ payload: nul('<a/>'), textBytes: 5 })])).toHaveLength(1);
  });

  it('are those that claim to be compressed to more than came', () => {
    const { payload, textBytes = 0 } = packed('<a/>');
    for (const compressedBytes of [payload.length + 1, 2 ** 31, 2 ** 32 - 1]) {
      expect(() => readAll([oldMessage({ payload, textBytes, compressedBytes })])).toThrow(
        invalid('payload'),
      );
    }
  });

  it('are those that do not expand to what they claim', () => {
    const { payload, textBytes = 0, compressedBytes = 0 } = packed('<a/>');
    for (const claimed of [textBytes - 1, textBytes + 1]) {
      const message = oldMessage({ payload, textBytes: claimed, compressedBytes });
      expect(() => readAll([message])).toThrow(expect.objectContaining({ code: 'FRAME_INVALID' }));
    }
  });

  it.each(LAYOUTS)('are those without a NUL at the end ($layout)', ({ make }) => {
    expect(() => readAll([make({ payload: Buffer.from('<a/>') })])).toThrow(invalid('payload'));
    expect(() => readAll([make({ payload: nul('<a/>'), textBytes: 4 })])).toThrow(invalid('payload'));
  });

  it.each([
    { layout: 'old', make: oldMessage, at: 36 },
    { layout: 'new', make: newMessage, at: 32 },
  ])('are those of another version ($layout)', ({ make, at }) => {
    for (const version of [2, 127, 128, 255]) {
      const message = make({ payload: nul('<a/>') });
      message[at] = version;
      expect(() => readAll([message])).toThrow(invalid('version'));
    }
    const without = newMessage({ payload: nul('<a/>') });
    without[32] = 0;
    expect(() => readAll([without])).toThrow(invalid('version'));
  });

  const part = (raw: Partial<RawMessage>): Buffer =>
    newMessage({ id: 7, flags: MULTIPART, payload: nul('<a>'), ...raw });

  it.each([
    { what: 'a part that is left out', messages: [part({}), part({ part: 2 })] },
    { what: 'a part that comes twice', messages: [part({}), part({})] },
    { what: 'no first part', messages: [part({ part: 1, flags: LAST })] },
    { what: 'a part of another request', messages: [part({}), part({ id: 8, part: 1 })] },
    { what: 'another request in between', messages: [part({}), newMessage({ payload: nul('<b/>') })] },
  ])('are those with $what', ({ messages }) => {
    expect(() => readAll(messages)).toThrow(invalid('part'));
  });
});

describe('limits of local messages', () => {
  it.each(LAYOUTS)('are what the connection was granted ($layout)', ({ make }) => {
    const ofBytes = (bytes: number): Buffer => make({ payload: Buffer.alloc(bytes - 40) });
    expect(readAll([ofBytes(MAX_BYTES - 1), ofBytes(MAX_BYTES)])).toHaveLength(2);
    expect(() => readAll([ofBytes(MAX_BYTES + 1)])).toThrow(
      expect.objectContaining({ code: 'FRAME_TOO_LARGE' }),
    );
  });

  it.each([
    { more: -1, isTaken: true },
    { more: 0, isTaken: true },
    { more: 1, isTaken: false },
  ])('are 20 MiB of text and $more more bytes, in parts: $isTaken', ({ more, isTaken }) => {
    const read = (): unknown => readAll(inParts('x'.repeat(IPC_TEXT_LIMIT_BYTES + more), MAX_BYTES - 41));
    if (isTaken) {
      expect(read()).toMatchObject([{ id: 7 }]);
    } else {
      expect(read).toThrow(expect.objectContaining({ code: 'FRAME_TOO_LARGE' }));
    }
  });

  it.each([
    { more: -1, isTaken: true },
    { more: 0, isTaken: true },
    { more: 1, isTaken: false },
  ])('are 20 MiB of text and $more more bytes, compressed: $isTaken', ({ more, isTaken }) => {
    let asked = 0;
    const textBytes = IPC_TEXT_LIMIT_BYTES + more + 1;
    const expand = (_payload: Buffer, expectedBytes: number): Buffer => {
      asked = expectedBytes;
      return Buffer.alloc(expectedBytes);
    };
    const reader = new IpcReader({ decompress: expand, maxMessageBytes: MAX_BYTES });
    const message = oldMessage({ payload: Buffer.from('packed'), textBytes, compressedBytes: 6 });
    if (isTaken) {
      expect(reader.read(message)?.text).toBe('');
      expect(asked).toBe(textBytes);
    } else {
      expect(() => reader.read(message)).toThrow(expect.objectContaining({ code: 'FRAME_TOO_LARGE' }));
      expect(asked).toBe(0);
    }
  });
});
