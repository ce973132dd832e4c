import { describe, expect, it } from 'vitest';
import { BoundedOutput, HEAD_LIMIT_BYTES, TAIL_LIMIT_BYTES } from '../../../src/process/output.ts';

const LIMIT = HEAD_LIMIT_BYTES + TAIL_LIMIT_BYTES;

describe('bounded output', () => {
  it.each([
    [0, 0],
    [1, 0],
    [HEAD_LIMIT_BYTES, 0],
    [LIMIT - 1, 0],
    [LIMIT, 0],
    [LIMIT + 1, 1],
    [3 * LIMIT, 2 * LIMIT],
  ])('of %i bytes leaves out %i', (bytes, dropped) => {
    for (const chunkBytes of [bytes, 65_536, 999_983]) {
      const output = new BoundedOutput();
      for (let at = 0; at < bytes; at += chunkBytes) {
        output.write(Buffer.alloc(Math.min(chunkBytes, bytes - at), 'x'));
      }
      const text = output.text();
      expect(output.droppedBytes).toBe(dropped);
      expect(output.seenBytes).toBe(bytes);
      expect(text.replace(/\n\[… \d+ bytes left out …\]\n/, '')).toHaveLength(bytes - dropped);
      expect(text.includes(`[… ${dropped} bytes left out …]`)).toBe(dropped > 0);
    }
  });

  it('keeps beginning and end', () => {
    const output = new BoundedOutput();
    output.write(Buffer.from('first'));
    output.write(Buffer.alloc(2 * LIMIT, 'x'));
    output.write(Buffer.from('last'));
    expect(output.text()).toMatch(/^first/);
    expect(output.text()).toMatch(/last$/);
  });

  it('makes valid text of anything', () => {
    const output = new BoundedOutput();
    output.write(Buffer.from([0x61, 0x00, 0xff, 0x62]));
    expect(output.text()).toBe('a\ufffd\ufffdb');
    expect(output.rawText()).toContain('\0');
  });

  it('is not confused by a character that comes in two pieces', () => {
    const output = new BoundedOutput();
    const bytes = Buffer.from('é');
    output.write(bytes.subarray(0, 1));
    output.write(bytes.subarray(1));
    expect(output.text()).toBe('é');
  });
});
