import { describe, expect, it } from 'vitest';
import {
  REPLY_BYTES,
  REQUEST_BYTES,
  readSetUpRequest,
  writeGrant,
  writeRefusal,
} from '../../../src/ipc/set-up.ts';

/** What libqb 2.0.6 sends. */
function request(id: number, size: number, maxBytes: number): Buffer {
  const bytes = Buffer.alloc(REQUEST_BYTES);
  bytes.writeInt32LE(id, 0);
  bytes.writeInt32LE(size, 8);
  bytes.writeUInt32LE(maxBytes, 16);
  return bytes;
}

describe('the set-up', () => {
  it('reads how large a message the client wants, whatever is in the gaps', () => {
    const bytes = request(-1, 24, 524_288);
    bytes.fill(0xff, 4, 8);
    bytes.fill(0xff, 12, 16);
    bytes.fill(0xff, 20, 24);
    expect(readSetUpRequest(bytes)).toBe(524_288);
    expect(readSetUpRequest(request(-1, 24, 0xffff_ffff))).toBe(0xffff_ffff);
  });

  it.each([
    ['another id', request(1, 24, 1)],
    ['another size', request(-1, 25, 1)],
    ['more bytes', Buffer.concat([request(-1, 24, 1), Buffer.alloc(1)])],
    ['fewer bytes', request(-1, 24, 1).subarray(1)],
  ])('refuses %s', (_what, bytes) => {
    expect(readSetUpRequest(bytes)).toBeUndefined();
  });

  it('grants with the places of the three rings', () => {
    const reply = writeGrant(131_072, { request: '/a/request', response: '/a/response', event: '/a/event' });
    const text = (at: number): string => reply.toString('latin1', at, reply.indexOf(0, at));
    expect(reply).toHaveLength(REPLY_BYTES);
    expect([0, 8, 16, 24].map((at) => reply.readInt32LE(at))).toEqual([-1, 12_328, 0, 1]);
    expect(reply.readUInt32LE(28)).toBe(131_072);
    expect(reply.readBigInt64LE(32)).not.toBe(0n);
    expect([40, 4136, 8232].map(text)).toEqual(['/a/request', '/a/response', '/a/event']);
  });

  it('refuses with an errno and nothing else, in the same length', () => {
    const reply = writeRefusal(-13);
    expect(reply).toHaveLength(REPLY_BYTES);
    expect([0, 8, 16].map((at) => reply.readInt32LE(at))).toEqual([-1, 12_328, -13]);
    expect(reply.subarray(20).every((byte) => byte === 0)).toBe(true);
  });
});
