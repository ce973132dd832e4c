import type { Socket } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import type { SecureConnection } from '../../../src/transport/secure-connection.ts';
import { Audit } from '../../helpers/audit.ts';
import {
  closed,
  exchange,
  expectServed,
  type Refusal,
  rawClient,
  startBench,
  startProxy,
  until,
} from './support.ts';

// Of the file: the servers of its tests end only after each test's own hooks.
const audit = new Audit();
afterAll(() => audit.verify());

const random = (bytes: number): Buffer =>
  Buffer.from(Array.from({ length: bytes }, (_, n) => (n * 73 + 41) % 251));
const record = (type: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([type, 3, 1, body.length >> 8, body.length & 0xff]), body]);
const hello = (body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([1, 0, body.length >> 8, body.length & 0xff]), body]);

const GARBAGE: ReadonlyArray<{ what: string; bytes: Buffer; reason: string }> = [
  { what: 'an HTTP request', bytes: Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), reason: 'not-tls' },
  { what: 'a plain Pacemaker header', bytes: Buffer.from('bddbdaba0100000001', 'hex'), reason: 'timeout' },
  { what: 'random bytes', bytes: random(600), reason: 'not-tls' },
  { what: 'application data first', bytes: record(23, random(40)), reason: 'not-tls' },
  { what: 'an alert first', bytes: record(21, Buffer.from([2, 40])), reason: 'not-tls' },
  { what: 'a ClientHello of random bytes', bytes: record(22, hello(random(300))), reason: 'not-tls' },
  { what: 'a handshake message that never ends', bytes: record(22, random(300)), reason: 'timeout' },
  { what: 'a record longer than allowed', bytes: Buffer.from('160301ffff', 'hex'), reason: 'not-tls' },
  {
    what: 'a first byte with the high bit set',
    bytes: Buffer.from([0x80, 0x2e, 1, 3, 1]),
    reason: 'timeout',
  },
  { what: 'a single byte', bytes: Buffer.from([22]), reason: 'timeout' },
  { what: 'nothing at all', bytes: Buffer.alloc(0), reason: 'timeout' },
];

describe('bad peers', () => {
  it.each(GARBAGE)('refuses $what', async ({ bytes, reason }) => {
    // The time-out is short so that the test is; nothing depends on how long it takes.
    const bench = await startBench({ handshakeTimeoutMs: reason === 'timeout' ? 100 : 10_000 });
    const socket = await rawClient(bench.port);
    socket.write(bytes);
    await closed(socket);
    await until(() => expect(bench.refusals()).toMatchObject([{ reason }]));
  });

  it('answers garbage with a fatal alert', async () => {
    const bench = await startBench();
    const socket = await rawClient(bench.port);
    const got: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => got.push(chunk));
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await closed(socket);
    expect(Buffer.concat(got).toString('hex')).toMatch(/^1503..000202/);
  });

  it('refuses a peer that leaves in and after its ClientHello', async () => {
    const bench = await startBench();
    const leavers: Array<(near: Socket, hello: Buffer) => void> = [
      (far, hello) => far.end(hello.subarray(0, 3)),
      (far, hello) => far.end(hello.subarray(0, 100)),
      (far, hello) => far.end(hello),
      (far, hello) => far.write(hello.subarray(0, 100), () => far.resetAndDestroy()),
      (far, hello) => far.write(hello, () => far.resetAndDestroy()),
    ];
    for (const [index, leave] of leavers.entries()) {
      const port = await startProxy(bench.port, (near, far) => {
        near.once('data', (hello: Buffer) => {
          leave(far, hello);
          near.destroy();
        });
      });
      await expect(bench.dial({ port })).rejects.toMatchObject({ code: 'TLS_HANDSHAKE_FAILED' });
      await until(() => expect(bench.refusals()).toHaveLength(index + 1));
    }
    expect(bench.refusals().map(({ reason }) => reason)).toEqual(leavers.map(() => 'tls'));
    await expectServed(bench);
  });

  it('says nothing of a peer that only looks at the port, as a health check does', async () => {
    const bench = await startBench();
    for (const leave of [(socket: Socket) => socket.end(), (socket: Socket) => socket.resetAndDestroy()]) {
      const socket = await rawClient(bench.port);
      leave(socket);
      await closed(socket);
    }
    await expectServed(bench);
    expect(bench.refusals()).toEqual([]);
  });

  it('takes a FIN without goodbye for the end, and says that it was not clean', async () => {
    const ends: Array<{ reason: string; clean: boolean }> = [];
    const bench = await startBench({
      onConnection: (connection) => {
        connection.onData = (chunk) => connection.send(Buffer.alloc(40), chunk);
        connection.onClose = (reason, clean) => ends.push({ reason, clean });
      },
    });
    for (const leave of ['destroy', 'resetAndDestroy'] as const) {
      let far: Socket | undefined;
      const port = await startProxy(bench.port, (near, opened) => {
        far = opened;
        near.pipe(opened).pipe(near);
      });
      const connection = await bench.dial({ port });
      await new Promise<void>((resolve) => {
        connection.onData = () => resolve();
        connection.send(Buffer.alloc(40), Buffer.from('x'));
      });
      far?.[leave]();
      await until(() => expect(ends).toHaveLength(leave === 'destroy' ? 1 : 2));
    }
    expect(ends.map(({ clean }) => clean)).toEqual([false, false]);
    expect(bench.refusals()).toEqual([]);
  });

  it('closes only the connection whose handler throws', async () => {
    const bench = await startBench({
      onConnection: (connection) => {
        connection.onData = (chunk) => {
          if (String(chunk).includes('crash')) {
            throw new Error('a fault of ours');
          }
          connection.send(Buffer.alloc(40), chunk);
        };
      },
    });
    const good = await bench.dial();
    const bad = await bench.dial();
    bad.onData = () => undefined;
    const ended = new Promise<void>((resolve) => {
      bad.onClose = () => resolve();
    });
    bad.send(Buffer.from('crash'), Buffer.alloc(0));
    await ended;
    const answer = new Promise<string>((resolve) => {
      good.onData = (chunk) => (chunk.length === 40 ? undefined : resolve(String(chunk)));
    });
    good.send(Buffer.alloc(0), Buffer.from('alive'));
    expect(await answer).toBe('alive');
    expect(bench.takeFaults()).toMatchObject([{ fields: { error: 'a fault of ours' } }]);
  });
});

describe('many peers', () => {
  it('serves a peer that sends one byte at a time', async () => {
    const bench = await startBench();
    const port = await startProxy(bench.port, (near, far) => {
      far.pipe(near);
      let queue = Promise.resolve();
      near.on('data', (chunk: Buffer) => {
        for (const byte of chunk) {
          queue = queue.then(() => new Promise((resolve) => far.write(Buffer.from([byte]), () => resolve())));
        }
      });
    });
    for (const priorities of ['NORMAL', 'NORMAL:-VERS-ALL:+VERS-TLS1.2']) {
      const connection = await bench.dial({ port, priorities });
      expect(String(await exchange(connection, Buffer.from('slowly')))).toBe('slowly');
    }
  });

  it('serves a good peer while 300 silent ones come and stay', async () => {
    // Few enough that most of them have to make room; the last ones run into the time-out.
    const bench = await startBench({ handshakeTimeoutMs: 3000, maxPending: 8 });
    const good = await bench.dial();
    const silent: Socket[] = [];
    for (let round = 0; round < 30; round += 1) {
      silent.push(...(await Promise.all(Array.from({ length: 10 }, () => rawClient(bench.port)))));
      expect(String(await exchange(good, Buffer.from('still there?')))).toBe('still there?');
    }
    await expectServed(bench);
    await Promise.all(silent.map(closed));
    await until(() => expect(bench.refusals()).toHaveLength(300));
    expectEachOnce(bench.refusals());
    expect(new Set(bench.refusals().map(({ reason }) => reason))).toEqual(new Set(['too-many', 'timeout']));
    expect(String(await exchange(good, Buffer.from('and now?')))).toBe('and now?');
  });

  it('lets 200 controllers in at once, though only 64 handshakes are planned for', async () => {
    const bench = await startBench();
    const connections = await Promise.all(Array.from({ length: 200 }, () => bench.dial()));
    const answers = await Promise.all(
      connections.map((one, index) => exchange(one, Buffer.from(String(index)))),
    );
    expect(answers.map(String)).toEqual(connections.map((_, index) => String(index)));
    expect(bench.refusals()).toEqual([]);
  });

  it('frees everything when 50 connections are closed from either end, in any way', async () => {
    const kept: SecureConnection[] = [];
    const bench = await startBench({
      onConnection: (connection) => {
        kept.push(connection);
        connection.onData = () => undefined;
      },
    });
    const sockets: Socket[] = [];
    const port = await startProxy(bench.port, (near, far) => {
      sockets.push(far);
      near.pipe(far).pipe(near);
    });
    const connections = await Promise.all(Array.from({ length: 50 }, () => bench.dial({ port })));
    await until(() => expect(kept).toHaveLength(50));
    for (const [index, connection] of connections.entries()) {
      connection.onData = () => undefined;
      switch (index % 5) {
        case 0:
          connection.close('client');
          break;
        case 1:
          kept[index]?.close('server');
          break;
        case 2:
          sockets[index]?.destroy();
          break;
        case 3:
          sockets[index]?.resetAndDestroy();
          break;
        default:
          kept[index]?.send(Buffer.alloc(40), Buffer.alloc(500_000));
          kept[index]?.close('in the middle of a message');
          connection.close('both ends');
      }
    }
    await until(() => expect(bench.server.counts()).toEqual({ pending: 0, open: 0 }));
    expect(bench.events.filter(({ name }) => name === 'tls.closed')).toHaveLength(50);
  });

  it('drops handshakes under way when it stops, without calling them refused', async () => {
    const bench = await startBench();
    const open = await bench.dial();
    const half = await rawClient(bench.port);
    await until(() => expect(bench.server.counts()).toEqual({ pending: 1, open: 1 }));
    await bench.server.stop();
    await closed(half);
    expect(String(await exchange(open, Buffer.from('mine stays')))).toBe('mine stays');
    expect(bench.refusals()).toEqual([]);
  });
});

function expectEachOnce(refusals: readonly Refusal[]): void {
  expect(new Set(refusals.map(({ peer }) => peer)).size).toBe(refusals.length);
}
