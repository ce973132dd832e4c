import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentError } from '../../src/errors/agent-error.ts';
import { compress, decompress } from '../../src/native/bzip2.ts';
import { type IpcMessage, IpcReader } from '../../src/wire/ipc-reader.ts';
import { IpcWriter } from '../../src/wire/ipc-writer.ts';
import { newMessage, nul, oldMessage, packed } from '../unit/wire/ipc-kit.ts';
import { settings } from './settings.ts';

const MAX_BYTES = 131_072;
const SIZES = [0, 1, 39, 40, 41, MAX_BYTES, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

const part = (index: number, flags: number): Buffer =>
  newMessage({ id: 3, part: index, flags, payload: nul('<é') });
const WHOLE = [
  oldMessage({ id: 1, flags: 0x300, payload: nul('<a/>') }),
  oldMessage({ id: 2, ...packed(`<a b="${'x'.repeat(2000)}"/>`) }),
  newMessage({ id: 1, flags: 0x300, payload: nul('<a/>') }),
  part(0, 0x80000),
  part(1, 0x80000),
  part(1, 0x180000),
  part(2, 0x180000),
];

/** A message with a few fields of its header overwritten, cut, or extended. */
const damaged = fc
  .record({
    message: fc.constantFrom(...WHOLE),
    fields: fc.array(fc.record({ at: fc.nat(9), value: fc.oneof(fc.constantFrom(...SIZES), fc.nat()) }), {
      maxLength: 2,
    }),
    bytes: fc.array(fc.record({ at: fc.nat(60), value: fc.nat(255) }), { maxLength: 2 }),
    length: fc.option(fc.nat(200)),
  })
  .map(({ message, fields, bytes, length }) => {
    const copy = Buffer.concat([message, Buffer.alloc(200)]);
    for (const { at, value } of fields) {
      copy.writeUInt32LE(value >>> 0, at * 4);
    }
    for (const { at, value } of bytes) {
      copy[at] = value;
    }
    return copy.subarray(0, length ?? message.length);
  });

/** What is read until the client is given up. */
function readUntilRefused(messages: readonly Buffer[]): IpcMessage[] {
  const reader = new IpcReader({ decompress, maxMessageBytes: MAX_BYTES });
  const read: IpcMessage[] = [];
  for (const message of messages) {
    try {
      const whole = reader.read(message);
      if (whole !== undefined) {
        read.push(whole);
      }
    } catch (error) {
      expect(error).toBeInstanceOf(AgentError);
      expect(error).toMatchObject({ code: expect.stringMatching(/^FRAME_/), labels: ['peer-fault'] });
      break;
    }
  }
  return read;
}

describe('the reader of local messages', () => {
  it('gives requests without bits of the transport, or refuses, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(damaged, fc.constantFrom(...WHOLE)), { maxLength: 6 }), (messages) => {
        for (const { flags, text } of readUntilRefused(messages)) {
          expect(flags & 0x180001).toBe(0);
          expect(flags).toBeGreaterThanOrEqual(0);
          expect(text).not.toContain('\0');
        }
      }),
      settings(4000),
    );
  });

  it('takes random bytes for nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(readUntilRefused([Buffer.from(bytes)])).toEqual([]);
      }),
      settings(2000),
    );
  });

  it('reads what the writer writes, in either layout and of any length', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 50 }),
      fc.tuple(fc.constantFrom('x', 'é', '€', '𝄞'), fc.nat(200_000)).map(([one, count]) => one.repeat(count)),
      fc.integer({ min: MAX_BYTES - 45, max: MAX_BYTES - 35 }).map((length) => 'x'.repeat(length)),
    );
    fc.assert(
      fc.property(
        fc.constantFrom('old' as const, 'new' as const),
        fc.array(text, { minLength: 1, maxLength: 3 }),
        (layout, texts) => {
          const writer = new IpcWriter({ compress, layout, maxMessageBytes: MAX_BYTES });
          const messages = texts.flatMap((one, index) => [
            ...writer.response(index, one),
            ...writer.event(one),
          ]);
          expect(messages.every(({ length }) => length <= MAX_BYTES)).toBe(true);
          // Strings compare faster than the arrays of a failed expectation print.
          const read = readUntilRefused(messages).map((message) => message.text.split('\0')[0]);
          const sent = texts.flatMap((one) => [one, one]).map((one) => one.split('\0')[0]);
          expect(read.join('|') === sent.join('|')).toBe(true);
        },
      ),
      settings(60),
    );
  });
});
