import { describe, expect, it } from 'vitest';
import {
  encodeAnswer,
  encodeRefusal,
  REQUEST_LIMIT_BYTES,
  type ToolRequest,
  ToolRequestReader,
} from '../../../src/ipc/tool-frames.ts';
import { encodeRequest } from './tool-frames.kit.ts';

const read = (...chunks: readonly Buffer[]): ToolRequest | undefined => {
  const reader = new ToolRequestReader();
  let request: ToolRequest | undefined;
  for (const chunk of chunks) {
    request = reader.push(chunk);
  }
  return request;
};

const byByte = (frame: Buffer): Buffer[] => [...frame].map((byte) => Buffer.of(byte));

/** With another 32-bit number at a place. */
function changed(frame: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(frame);
  copy.writeUInt32LE(value, at);
  return copy;
}

const REQUEST = encodeRequest(['crm_node', '-n', '', 'a\nb', 'é'], ['A=1', 'B=', 'C=x=y']);

describe('a request of a small tool', () => {
  it.each([
    ['in one piece', [REQUEST]],
    ['byte by byte', byByte(REQUEST)],
    ['cut within its head', [REQUEST.subarray(0, 5), REQUEST.subarray(5)]],
  ])('is read %s', (_, chunks) => {
    const request = read(...chunks);
    expect(request).toMatchObject({ name: 'crm_node', args: ['-n', '', 'a\nb', 'é'] });
    expect({ ...request?.env }).toEqual({ A: '1', B: '', C: 'x=y' });
  });

  it('is not there before its last byte', () => {
    expect(read(REQUEST.subarray(0, -1))).toBeUndefined();
  });

  it('may have bytes that are no UTF-8', () => {
    const bytes = encodeRequest(['crm_node', 'x']);
    bytes[bytes.length - 2] = 0xff;
    expect(read(bytes)?.args).toEqual(['\ufffd']);
  });

  it.each([
    ['another version', changed(REQUEST, 4, 2), 71],
    ['more bytes than it says', Buffer.concat([REQUEST, Buffer.of(0)]), 71],
    ['no words', changed(REQUEST, 8, 0), 71],
    ['more words than texts', changed(REQUEST, 8, 9), 71],
    ['a text without its end', encodeRequest(['a']).fill('x', 12), 71],
    ['a variable without a name', encodeRequest(['a'], ['=x']), 71],
    ['a variable without a value', encodeRequest(['a'], ['x']), 71],
    ['a length below its head', changed(REQUEST, 0, 4), 71],
    ['a length above the limit', changed(REQUEST, 0, REQUEST_LIMIT_BYTES + 1), 7],
  ])('with %s is refused', (_, bytes, errno) => {
    expect(() => read(bytes)).toThrow(expect.objectContaining({ errno }));
  });

  it.each([
    [REQUEST_LIMIT_BYTES - 1, true],
    [REQUEST_LIMIT_BYTES, true],
    [REQUEST_LIMIT_BYTES + 1, false],
  ])('of %d bytes is taken: %s', (bytes, isTaken) => {
    const frame = encodeRequest(['a', 'x'.repeat(bytes - 12 - 3)]);
    expect(frame.length).toBe(bytes);
    const taken = (): ToolRequest | undefined => read(frame);
    if (isTaken) {
      expect(taken()?.name).toBe('a');
    } else {
      expect(taken).toThrow(expect.objectContaining({ errno: 7 }));
    }
  });
});

describe('an answer', () => {
  it('has both outputs in bytes', () => {
    const frame = encodeAnswer({ exitCode: 102, stdout: 'é\n', stderr: 'no\n' });
    expect(frame.toString('hex')).toBe(
      ['16000000', '01000000', '66000000', '03000000', 'c3a90a', '6e6f0a'].join(''),
    );
  });

  it('says why there is none', () => {
    expect(encodeRefusal(13).toString('hex')).toBe('10000000010d00000000000000000000');
  });
});
