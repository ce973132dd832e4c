import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ECHO_LIMIT_BYTES, HEADER_BYTES, MESSAGE_LIMIT_BYTES } from '../../../src/wire/limits.ts';
import { useAudit } from '../../helpers/audit.ts';
import { BOMB_BZIP2, POKE_BZIP2 } from './bzip2-payloads.ts';
import {
  bytesOf,
  bzip2Frame,
  complaints,
  frameOf,
  type GoodController,
  goodController,
  rawPeer,
  requestText,
} from './raw-peer.ts';
import { ACTOR, type RunningDaemon, startDaemon } from './support.ts';

let daemon: RunningDaemon;
let good: GoodController;

beforeAll(async () => {
  daemon = await startDaemon();
  good = await goodController(daemon);
});

afterAll(async () => {
  await good.leave();
  await daemon[Symbol.asyncDispose]();
});

useAudit();

const POKE = 'lrmd_rsc_poke';

/** The header of a poke with one field changed, and its payload. */
function withField(offset: number, value: number): Buffer {
  const { header, payload } = frameOf(requestText(1, POKE));
  header.writeUInt32LE(value, offset);
  return Buffer.concat([header, payload]);
}

function withoutNul(): Buffer {
  const bytes = bytesOf(frameOf(requestText(1, POKE)));
  bytes[bytes.length - 1] = 0x20;
  return bytes;
}

/** Every byte of each 32-bit word turned round, as a machine of the other byte order sends them. */
function swapped(header: Buffer): Buffer {
  const other = Buffer.from(header);
  other.subarray(0, 8).swap32();
  other.subarray(8, 24).swap64();
  other.subarray(24).swap32();
  return other;
}

describe('a peer with the key that breaks the frame format', () => {
  it.each([
    ['a wrong magic', withField(0, 0xbadadbbe), 'FRAME_INVALID', 'magic'],
    ['a magic of zeros', withField(0, 0), 'FRAME_INVALID', 'magic'],
    [
      'an HTTP request',
      Buffer.from(`GET / HTTP/1.1\r\nHost: x\r\n${'\r'.repeat(40)}`),
      'FRAME_INVALID',
      'magic',
    ],
    ['a total size that is too small', withField(24, 41), 'FRAME_INVALID', 'size_total'],
    ['a total size below the header', withField(24, 1), 'FRAME_INVALID', 'size_total'],
    ['a total size of 20 MiB and 1', withField(24, MESSAGE_LIMIT_BYTES + 1), 'FRAME_TOO_LARGE', 'size_total'],
    ['a total size of 4 GiB', withField(24, 0xffffffff), 'FRAME_TOO_LARGE', 'size_total'],
    ['a payload offset of 41', withField(28, 41), 'FRAME_INVALID', 'payload_offset'],
    ['a payload offset of 0', withField(28, 0), 'FRAME_INVALID', 'payload_offset'],
    ['a compressed size out of nowhere', withField(32, 7), 'FRAME_INVALID', 'size_total'],
    ['an expanded size of 4 GiB', withField(36, 0xffffffff), 'FRAME_INVALID', 'payload_uncompressed'],
    ['an expanded size of 0', withField(36, 0), 'FRAME_INVALID', 'size_total'],
    ['a payload without its NUL', withoutNul(), 'FRAME_INVALID', 'payload'],
  ])('is closed with one line for %s', async (_what, bytes, code, field) => {
    const peer = await rawPeer(daemon);
    peer.write(bytes);
    await peer.closed;
    const lines = await peer.leave();
    expect(complaints(lines)).toMatchObject([{ event: 'frame.invalid', code, field }]);
    expect(lines.at(-1)).toMatchObject({ event: 'session.ended', reason: 'malformed frame' });
    expect(peer.received).toEqual([]);
    await good.expectUnharmed();
  });

  it('is served until the garbage, and nothing behind it is read', async () => {
    const peer = await rawPeer(daemon);
    const first = bytesOf(frameOf(requestText(1, POKE)));
    const last = bytesOf(frameOf(requestText(2, POKE)));
    peer.write(Buffer.concat([first, Buffer.alloc(HEADER_BYTES, 0x5a), last]));
    await peer.closed;
    expect(complaints(await peer.leave())).toMatchObject([{ event: 'frame.invalid', field: 'magic' }]);
    expect(peer.received.map(({ attributes }) => attributes['lrmd_remote_msg_id'])).toEqual(['1']);
    await good.expectUnharmed();
  });

  it.each([
    ['that is none', bzip2Frame(Buffer.alloc(90, 0x42), 100)],
    ['that gives less than it says', bzip2Frame(POKE_BZIP2.bytes, 5000)],
    ['that gives more than it says', bzip2Frame(POKE_BZIP2.bytes, 5)],
    ['that is a bomb', bzip2Frame(BOMB_BZIP2.bytes, 100)],
    ['that is a bomb and says so', bzip2Frame(BOMB_BZIP2.bytes, BOMB_BZIP2.expandedBytes)],
  ])('is closed with one line for a bzip2 payload %s', async (_what, frame) => {
    const peer = await rawPeer(daemon);
    peer.write(frame.header, frame.payload);
    await peer.closed;
    expect(complaints(await peer.leave())).toMatchObject([{ event: 'frame.invalid', code: 'FRAME_INVALID' }]);
    expect(peer.received).toEqual([]);
    await good.expectUnharmed();
  });
});

describe('a message', () => {
  const poke = frameOf(requestText(1, POKE));
  const both = [1, 2].map((id) => bytesOf(frameOf(requestText(id, POKE))));
  const odd = frameOf(requestText(1, POKE));
  odd.header.writeUInt32LE(77, 4);
  odd.header.fill(0xff, 8, 24);

  it.each([
    ['comes one byte at a time', Array.from(bytesOf(poke), (byte) => Buffer.of(byte)), 1],
    ['comes in one record with its header', [bytesOf(poke)], 1],
    ['comes in one record with the next', [Buffer.concat(both)], 2],
    ['is cut in the middle of the next header', cut(Buffer.concat(both), (both[0]?.length ?? 0) + 20), 2],
    ['has a byte-swapped header', [swapped(poke.header), poke.payload], 1],
    ['has an unknown version, id and flags', [odd.header, odd.payload], 1],
  ])('is answered when it %s', async (_what, pieces, count) => {
    const peer = await rawPeer(daemon);
    peer.write(...pieces);
    for (let id = 1; id <= count; id += 1) {
      expect((await peer.reply(id)).attributes).toMatchObject({ lrmd_rc: '0' });
    }
    expect(complaints(await peer.leave())).toEqual([]);
  });

  it('is answered when it is compressed', async () => {
    const { header, payload } = bzip2Frame(POKE_BZIP2.bytes, POKE_BZIP2.expandedBytes);
    const peer = await rawPeer(daemon);
    peer.write(header, payload);
    expect((await peer.reply(1)).attributes).toMatchObject({ lrmd_rc: '0' });
    expect(complaints(await peer.leave())).toEqual([]);
  });

  it('of nearly 19 MiB is carried out, and its user data comes back', async () => {
    const client = await daemon.connect();
    const userData = 'u'.repeat(ECHO_LIMIT_BYTES - 2000);
    await client.registerResource(ACTOR);
    const request = { rscId: ACTOR.id, action: 'start', parameters: { sh: 'exit 0' }, origOnly: true };
    const { result } = await client.exec({ ...request, userData });
    const done = await result;
    expect(done).toMatchObject({ rc: 0, status: 0 });
    expect(done.userData === userData).toBe(true);
    client.close();
    await client.closed;
    await good.expectUnharmed();
  });

  it('of nearly 20 MiB starts nothing that could not be told, and is answered so', async () => {
    const client = await daemon.connect();
    const mark = `${daemon.scratch}/begun`;
    const parameters = { sh: `touch ${mark}`, huge: 'p'.repeat(MESSAGE_LIMIT_BYTES - 2000) };
    await client.registerResource(ACTOR);
    const request = { rscId: ACTOR.id, action: 'start', origOnly: true };
    await expect(client.exec({ ...request, parameters })).rejects.toMatchObject({ details: { rc: -7 } });
    const { result } = await client.exec({ ...request, parameters: { sh: 'exit 0' } });
    expect(await result).toMatchObject({ rc: 0 });
    expect(existsSync(mark)).toBe(false);
    client.close();
    await client.closed;
    await good.expectUnharmed();
  });
});

describe('a message that is dropped', () => {
  it.each([
    ['text', 'hello'],
    ['nothing but a NUL', ''],
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><lrmd_command t="lrmd" lrmd_op="lrmd_rsc_poke"/>'],
    ['levels without end', '<a>'.repeat(100)],
    ['no t', '<lrmd_command lrmd_op="lrmd_rsc_poke"/>'],
    ['no operation', '<lrmd_command t="lrmd"/>'],
    ['a reply', '<lrmd_reply t="lrmd" lrmd_op="lrmd_rsc_poke" lrmd_remote_msg_type="reply"/>'],
    ['another protocol', '<cib_command t="cib" lrmd_op="lrmd_rsc_poke"/>'],
  ])('gets one line and costs no connection: %s', async (_what, text) => {
    const peer = await rawPeer(daemon);
    const bad = frameOf(text);
    const next = frameOf(requestText(2, POKE));
    peer.write(bad.header, bad.payload, next.header, next.payload);
    expect((await peer.reply(2)).attributes).toMatchObject({ lrmd_rc: '0' });
    expect(complaints(await peer.leave())).toMatchObject([{ event: 'message.invalid' }]);
    await good.expectUnharmed();
  });

  it("is not the one with 2.1.5's broken escaping: what came before is used", async () => {
    const rsc = '<lrmd_rsc lrmd_rsc_id="damaged" lrmd_class="ocf" lrmd_provider="test" lrmd_type="actor"';
    const attributes = 'lrmd_remote_msg_id="1" lrmd_remote_msg_type="request"';
    const text = `<lrmd_command t="lrmd" lrmd_op="lrmd_rsc_register" ${attributes}>${rsc} nl="x&amp;gé"h"/>`;
    const { header, payload } = frameOf(`${text}</lrmd_command>`);
    const peer = await rawPeer(daemon);
    peer.write(header, payload);
    expect((await peer.reply(1)).attributes).toMatchObject({ lrmd_rc: '0' });
    expect(complaints(await peer.leave())).toMatchObject([{ event: 'message.repaired' }]);
    expect(await good.client.resourceInfo('damaged')).toMatchObject({ type: 'actor' });
    await good.client.unregisterResource('damaged');
  });
});

describe('a peer that has not registered', () => {
  it('is answered, and gets no notifications', async () => {
    const peer = await rawPeer(daemon);
    const operations = [
      [1, 'lrmd_rsc_info', '<lrmd_rsc lrmd_rsc_id="good"/>', '0'],
      [2, 'lrmd_rsc_info', '<lrmd_rsc lrmd_rsc_id="none"/>', '-19'],
      [3, 'no_such_operation', '', '-95'],
      [4, 'lrmd_rsc_exec', '<lrmd_rsc/>', '-22'],
      [5, 'constructor', '', '-95'],
      [6, POKE, '', '0'],
    ] as const;
    for (const [id, op, data, rc] of operations) {
      const { header, payload } = frameOf(requestText(id, op, data));
      peer.write(header, payload);
      expect((await peer.reply(id)).attributes).toMatchObject({ lrmd_rc: rc });
    }
    // A poke is told to everybody who has a name.
    expect(peer.received.map(({ name }) => name)).toEqual(operations.map(() => 'lrmd_reply'));
    const lines = await peer.leave();
    expect(complaints(lines)).toEqual([]);
    expect(lines.filter(({ event }) => event === 'session.unsupported')).toMatchObject([
      { op: 'no_such_operation', rc: -95 },
      { op: 'constructor', rc: -95 },
    ]);
    await good.expectUnharmed();
  });
});

function cut(bytes: Buffer, at: number): Buffer[] {
  return [bytes.subarray(0, at), bytes.subarray(at)];
}
