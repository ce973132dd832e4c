import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { Secret } from '../../../src/errors/secret.ts';
import { systemClock } from '../../../src/observe/clock.ts';
import { KeyAuthentication } from '../../../src/transport/key-authentication.ts';
import { connect } from '../../../src/transport/tls-client.ts';
import { listen } from '../../../src/transport/tls-server.ts';
import { Audit } from '../../helpers/audit.ts';
import { exchange, expectServed, KEY, startBench, TLS12, until } from './support.ts';

// Of the file: the servers of its tests end only after each test's own hooks.
const audit = new Audit();
afterAll(() => audit.verify());

const key = new Secret(KEY);
const other = new Secret(Buffer.from('swordfish swordfish'));

describe('authentication with a pre-shared key', () => {
  it.each([
    { priorities: 'NORMAL', description: /TLS1\.3/ },
    { priorities: TLS12, description: /TLS1\.2.*DHE/ },
    { priorities: 'SECURE128:+SECURE192:-VERS-ALL:+VERS-TLS1.2', description: /TLS1\.2/ },
  ])(
    'serves a client with $priorities and the documented 4096-byte key',
    async ({ priorities, description }) => {
      const bench = await startBench();
      const connection = await bench.dial({ priorities });
      expect(connection.description).toMatch(description);
      expect(connection.peer).toBe(`127.0.0.1:${bench.port}`);
      expect(String(await exchange(connection, Buffer.from('hello')))).toBe('hello');
      expect(bench.server.counts()).toEqual({ pending: 0, open: 1 });
      expect(bench.events.map(({ name }) => name)).toEqual(['tls.key-loaded', 'tls.accepted']);
    },
  );

  it.each([TLS12, 'NORMAL'])('takes the priority string %s of the server', async (priorities) => {
    const bench = await startBench({ priorities });
    const connection = await bench.dial();
    expect(connection.description).toContain(priorities === TLS12 ? 'TLS1.2' : 'TLS1.3');
  });

  it.each([1, 256, 65_535])('takes a key of %i bytes', async (bytes) => {
    const bench = await startBench();
    const bytesOfKey = Buffer.alloc(bytes, 'k');
    writeFileSync(bench.keyFile, bytesOfKey);
    for (const priorities of ['NORMAL', TLS12]) {
      const connection = await bench.dial({ key: new Secret(bytesOfKey), priorities });
      expect(String(await exchange(connection, Buffer.from('x')))).toBe('x');
    }
  });

  it.each([
    { what: 'another key', options: { key: other }, reason: 'key' },
    { what: 'another key, TLS 1.2', options: { key: other, priorities: TLS12 }, reason: 'key' },
    { what: 'another identity', options: { identity: 'bob' }, reason: 'identity' },
    {
      what: 'another identity, TLS 1.2',
      options: { identity: 'bob', priorities: TLS12 },
      reason: 'identity',
    },
    { what: 'a longer identity', options: { identity: 'lrmd2' }, reason: 'identity' },
  ])('refuses $what once, with the reason, and serves the others', async ({ options, reason }) => {
    const bench = await startBench();
    await expect(bench.dial(options)).rejects.toMatchObject({ code: 'TLS_HANDSHAKE_FAILED' });
    await until(() => expect(bench.refusals()).toHaveLength(1));
    expect(bench.refusals()[0]).toMatchObject({ reason, peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/) });
    await expectServed(bench);
    expect(bench.refusals()).toHaveLength(1);
  });

  it('follows the key file: a new key holds at once, no file means no key, open connections stay', async () => {
    const bench = await startBench();
    const early = await bench.dial();
    writeFileSync(`${bench.keyFile}.new`, other.expose());
    renameSync(`${bench.keyFile}.new`, bench.keyFile);
    await expect(bench.dial()).rejects.toMatchObject({ code: 'TLS_HANDSHAKE_FAILED' });
    const late = await bench.dial({ key: other });
    rmSync(bench.keyFile);
    await expect(bench.dial({ key: other })).rejects.toMatchObject({ code: 'TLS_HANDSHAKE_FAILED' });
    writeFileSync(bench.keyFile, KEY);
    const again = await bench.dial();
    for (const connection of [early, late, again]) {
      expect(String(await exchange(connection, Buffer.from('still here')))).toBe('still here');
    }
    expect(bench.refusals().map(({ reason }) => reason)).toEqual(['key', 'no-key']);
    const told = bench.events.map(({ name }) => name).filter((name) => name.startsWith('tls.key-'));
    expect(told.filter((name) => name === 'tls.key-loaded')).toHaveLength(3);
    expect(told.filter((name) => name === 'tls.key-missing')).toHaveLength(1);
    expect(JSON.stringify(bench.events)).not.toContain('swordfish');
  });
});

describe('listen', () => {
  const options = { onConnection: () => undefined };
  const authentication = () => new KeyAuthentication({ key: { current: () => key } });

  it('listens on all addresses of both families when no host is given', async () => {
    const server = await listen({ ...options, authentication: authentication(), port: 0 });
    onTestFinished(() => server.stop());
    const connection = await connect({ host: '127.0.0.1', port: server.port, key });
    connection.close('done');
    await until(() => expect(server.counts().open).toBe(0));
  });

  it('goes on to IPv4 when it cannot have the IPv6 wildcard', async () => {
    const occupant = createServer();
    // On a host without IPv6 this fails, and the same path is taken.
    const port = await new Promise<number>((resolve) => {
      occupant.once('error', () => resolve(0));
      occupant.listen({ host: '::', port: 0, ipv6Only: true }, () =>
        resolve((occupant.address() as { port: number }).port),
      );
    });
    onTestFinished(() => {
      occupant.close();
    });
    const server = await listen({ ...options, authentication: authentication(), port });
    onTestFinished(() => server.stop());
    expect(server.addresses[0]).toBe('0.0.0.0');
  });

  it('resolves a name', async () => {
    const server = await listen({
      ...options,
      authentication: authentication(),
      port: 0,
      hosts: ['localhost'],
    });
    onTestFinished(() => server.stop());
    expect(['127.0.0.1', '::1']).toContain(server.addresses[0]);
  });

  it('frees the port when it stops', async () => {
    const first = await listen({
      ...options,
      authentication: authentication(),
      port: 0,
      hosts: ['127.0.0.1'],
    });
    const { port } = first;
    await first.stop();
    const second = await listen({ ...options, authentication: authentication(), port, hosts: ['127.0.0.1'] });
    await second.stop();
  });

  it('says which address it cannot have', async () => {
    const first = await listen({
      ...options,
      authentication: authentication(),
      port: 0,
      hosts: ['127.0.0.1'],
    });
    onTestFinished(() => first.stop());
    const { port } = first;
    await expect(
      listen({ ...options, authentication: authentication(), port, hosts: ['127.0.0.1'] }),
    ).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
      message: expect.stringMatching(/127\.0\.0\.1, port \d+: .*EADDRINUSE/),
    });
    await expect(
      listen({ ...options, authentication: authentication(), port: 0, hosts: ['nowhere.invalid'] }),
    ).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
    });
  });

  it('refuses to start with a malformed priority string', () => {
    const malformed = { key: { current: () => key }, priorities: 'NORMAL:+NONSENSE' };
    expect(() => new KeyAuthentication(malformed)).toThrow(
      expect.objectContaining({
        code: 'TLS_PRIORITIES_INVALID',
        message: expect.stringContaining('position 7 ("+NONSENSE'),
      }),
    );
  });
});

describe('connect', () => {
  it('tells when nobody listens', async () => {
    const probe = await listen({
      port: 0,
      hosts: ['127.0.0.1'],
      authentication: new KeyAuthentication({ key: { current: () => key } }),
      onConnection: () => undefined,
    });
    const { port } = probe;
    await probe.stop();
    await expect(connect({ host: '127.0.0.1', port, key })).rejects.toMatchObject({ code: 'CONNECT_FAILED' });
  });

  it('gives up on a server that accepts and says nothing', async () => {
    const mute = createServer((socket) => socket.on('error', () => socket.destroy()).resume());
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      mute.close();
    });
    const { port } = mute.address() as { port: number };
    const where = { host: '127.0.0.1', port, key };
    // The first timer is the one of TCP, the second the one of TLS; the test says when it is time.
    const alarms: Array<() => void> = [];
    const setTimer = (_delayMs: number, fire: () => void) => {
      alarms.push(fire);
      return { cancel: () => undefined };
    };
    const waiting = connect({ ...where, clock: { ...systemClock, setTimer } });
    const late = expect(waiting).rejects.toMatchObject({ code: 'TLS_HANDSHAKE_TIMEOUT' });
    await until(() => expect(alarms).toHaveLength(2));
    alarms[1]?.();
    await late;
    const controller = new AbortController();
    const dialling = connect({ ...where, signal: controller.signal });
    mute.once('connection', () => controller.abort());
    await expect(dialling).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(connect({ ...where, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });

  it('tells when the other end is not TLS', async () => {
    const web = createServer((socket) =>
      // Who doesn't read never sees the other end leave.
      socket
        .on('error', () => socket.destroy())
        .resume()
        .end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    );
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      web.close();
    });
    const { port } = web.address() as { port: number };
    await expect(connect({ host: '127.0.0.1', port, key })).rejects.toMatchObject({
      code: 'TLS_HANDSHAKE_FAILED',
      details: { reason: 'not-tls' },
    });
  });

  it('delivers nothing before onData is assigned, and loses nothing', async () => {
    const server = await listen({
      port: 0,
      hosts: ['127.0.0.1'],
      authentication: new KeyAuthentication({ key: { current: () => key } }),
      onConnection: (connection) => {
        connection.onData = () => undefined;
        connection.send(Buffer.alloc(40, 1), Buffer.from('early'));
        connection.close('said all');
      },
    });
    onTestFinished(() => server.stop());
    const connection = await connect({ host: '127.0.0.1', port: server.port, key });
    await new Promise((resolve) => setImmediate(resolve));
    const chunks: Buffer[] = [];
    const ended = await new Promise((resolve) => {
      connection.onData = (chunk) => chunks.push(chunk);
      connection.onClose = (reason, clean) => resolve({ reason, clean });
    });
    expect(Buffer.concat(chunks).subarray(40).toString()).toBe('early');
    expect(ended).toEqual({ reason: 'The peer said goodbye', clean: true });
  });
});
