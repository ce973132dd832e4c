import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadToolRequest, type ToolRequest, ToolRequestReader } from '../../src/ipc/tool-frames.ts';
import { encodeRequest } from '../unit/ipc/tool-frames.kit.ts';
import { settings } from './settings.ts';

/** The first request, `undefined` for none, or that it was refused. */
function readAll(pieces: readonly Uint8Array[]): ToolRequest | undefined | 'refused' {
  const reader = new ToolRequestReader();
  let request: ToolRequest | undefined;
  try {
    for (const piece of pieces) {
      request = reader.push(Buffer.from(piece)) ?? request;
    }
  } catch (error) {
    expect(error).toBeInstanceOf(BadToolRequest);
    return 'refused';
  }
  return request;
}

const word = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll('\0', ''));
const name = fc.stringMatching(/^[A-Za-z_]{1,9}$/);

/** Cut at any places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

describe('the reader of small tools', () => {
  it('throws nothing but refusals, whatever bytes come', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 }), (pieces) => {
        readAll(pieces);
      }),
      settings(2000),
    );
  });

  it('reads the same however a request is cut, and refuses or reads what is nearly one', () => {
    const cases = fc.record({
      words: fc.array(word, { minLength: 1, maxLength: 6 }),
      variables: fc.dictionary(name, word, { maxKeys: 4 }),
      places: fc.array(fc.nat(500), { maxLength: 5 }),
      flip: fc.option(fc.record({ at: fc.nat(500), byte: fc.integer({ min: 0, max: 255 }) })),
    });
    fc.assert(
      fc.property(cases, ({ words, variables, places, flip }) => {
        const pairs = Object.entries(variables).map(([key, value]) => `${key}=${value}`);
        const frame = encodeRequest(words, pairs);
        if (flip !== null) {
          frame[flip.at % frame.length] = flip.byte;
        }
        const whole = readAll([frame]);
        expect(readAll(cut(frame, places))).toEqual(whole);
        if (flip === null) {
          expect(whole).toMatchObject({ name: words[0], args: words.slice(1) });
        }
      }),
      settings(2000),
    );
  });
});
