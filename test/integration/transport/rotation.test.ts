import { rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/errors/secret.ts';
import { Audit } from '../../helpers/audit.ts';
import { hasProgram, startProgram } from './program.ts';
import { exchange, KEY, startBench, startProxy, TLS12, until } from './support.ts';

// Of the file: the servers of its tests end only after each test's own hooks.
const audit = new Audit();
afterAll(() => audit.verify());

const OLD = Buffer.alloc(256, 'the key before');
const old = () => new Secret(Buffer.from(OLD));
const third = () => new Secret(Buffer.from('a key that nobody knows'));

type Bench = Awaited<ReturnType<typeof startBench>>;

const accepted = (bench: Bench) =>
  bench.events.filter(({ name }) => name === 'tls.accepted').map(({ fields }) => fields);

const loaded = (bench: Bench): Map<unknown, unknown> =>
  new Map(
    bench.events
      .filter(({ name }) => name === 'tls.key-loaded')
      .map(({ fields }) => [fields['role'], fields['fingerprint']]),
  );

describe('two keys during a rotation', () => {
  it('lets in who has the current key and who has the previous one, and tells which it was', async () => {
    const bench = await startBench({ previousKey: OLD });
    const connections = [await bench.dial(), await bench.dial({ key: old() }), await bench.dial()];
    await expect(bench.dial({ key: third() })).rejects.toMatchObject({ code: 'TLS_HANDSHAKE_FAILED' });
    for (const connection of connections) {
      expect(String(await exchange(connection, Buffer.from('hello')))).toBe('hello');
    }
    const keys = loaded(bench);
    expect(keys.size).toBe(2);
    expect(accepted(bench).map(({ key, isPreviousKey }) => [key, isPreviousKey])).toEqual([
      [keys.get('current'), undefined],
      [keys.get('previous'), true],
      [keys.get('current'), undefined],
    ]);
    expect(bench.refusals().map(({ reason }) => reason)).toEqual(['key']);
    expect(JSON.stringify(bench.events)).not.toContain('the key before');
  });

  it('reads a first message in any cut twice', async () => {
    const bench = await startBench({ previousKey: OLD });
    const port = await startProxy(bench.port, (near, far) => {
      far.pipe(near);
      let queue = Promise.resolve();
      const write = (socket: Socket, byte: number) =>
        new Promise<void>((resolve) => socket.write(Buffer.from([byte]), () => resolve()));
      near.on('data', (chunk: Buffer) => {
        for (const byte of chunk) {
          queue = queue.then(() => write(far, byte));
        }
      });
    });
    const connection = await bench.dial({ port, key: old() });
    expect(String(await exchange(connection, Buffer.from('slowly')))).toBe('slowly');
  });

  it('goes by the files: a previous key holds as long as its file is there, open connections stay', async () => {
    const bench = await startBench();
    await expect(bench.dial({ key: old() })).rejects.toMatchObject({ code: 'TLS_HANDSHAKE_FAILED' });
    writeFileSync(`${bench.keyFile}.previous`, OLD, { mode: 0o600 });
    const early = await bench.dial({ key: old() });
    rmSync(`${bench.keyFile}.previous`);
    await expect(bench.dial({ key: old() })).rejects.toMatchObject({ code: 'TLS_HANDSHAKE_FAILED' });
    expect(String(await exchange(early, Buffer.from('still here')))).toBe('still here');
    expect(bench.events.map(({ name }) => name)).not.toContain('tls.key-missing');
  });

  it('never lets a previous key in alone: without a current one there is no key', async () => {
    const bench = await startBench({ previousKey: OLD });
    rmSync(bench.keyFile);
    await expect(bench.dial({ key: old() })).rejects.toMatchObject({ code: 'TLS_HANDSHAKE_FAILED' });
    await until(() => expect(bench.refusals()).toMatchObject([{ reason: 'no-key' }]));
  });

  it('holds the current key alone in TLS 1.2, which proves the key last', async () => {
    const bench = await startBench({ previousKey: OLD });
    const current = await bench.dial({ priorities: TLS12 });
    expect(String(await exchange(current, Buffer.from('hello')))).toBe('hello');
    await expect(bench.dial({ key: old(), priorities: TLS12 })).rejects.toMatchObject({
      code: 'TLS_HANDSHAKE_FAILED',
    });
    await until(() => expect(bench.refusals()).toMatchObject([{ reason: 'key' }]));
  });

  it('tries nothing twice when both files hold the same key, and says so of neither', async () => {
    const bench = await startBench({ previousKey: KEY });
    await exchange(await bench.dial(), Buffer.from('hello'));
    expect(accepted(bench)[0]).not.toHaveProperty('isPreviousKey');
    await expect(bench.dial({ key: old() })).rejects.toMatchObject({ code: 'TLS_HANDSHAKE_FAILED' });
  });

  it('tells of a previous key that is there and cannot be used, and goes on with the current one', async () => {
    const bench = await startBench({ previousKey: Buffer.alloc(0) });
    await bench.dial();
    await bench.dial();
    expect(bench.events.filter(({ name }) => name === 'tls.previous-key-unusable')).toMatchObject([
      { fields: { path: `${bench.keyFile}.previous`, reason: 'empty' } },
    ]);
  });

  it.runIf(hasProgram('gnutls-cli'))('lets gnutls-cli in with either key, and not with a third', async () => {
    const bench = await startBench({ previousKey: OLD });
    const dial = (key: Buffer) => {
      const proof = ['--no-ca-verification', '--pskusername', 'lrmd', '--pskkey', key.toString('hex')];
      const where = ['--priority', 'NORMAL:+DHE-PSK:+PSK', '-p', `${bench.port}`, '127.0.0.1'];
      return startProgram('gnutls-cli', [...proof, ...where]);
    };
    for (const [index, key] of [OLD, KEY].entries()) {
      const program = dial(key);
      await until(() => expect(accepted(bench)).toHaveLength(index + 1));
      program.process.stdin.end();
      await program.exited;
    }
    expect(accepted(bench).map(({ isPreviousKey }) => isPreviousKey)).toEqual([true, undefined]);
    expect(await dial(third().expose()).exited).not.toBe(0);
    await until(() => expect(bench.refusals()).toMatchObject([{ reason: 'key' }]));
  });

  it.runIf(hasProgram('openssl'))('lets openssl in with the previous key', async () => {
    const bench = await startBench({ previousKey: OLD });
    const psk = ['-psk', OLD.toString('hex'), '-psk_identity', 'lrmd', '-tls1_3'];
    const program = startProgram('openssl', ['s_client', '-connect', `127.0.0.1:${bench.port}`, ...psk]);
    await until(() => expect(accepted(bench)).toMatchObject([{ isPreviousKey: true }]));
    await until(() => expect(program.output()).toContain('---'));
    program.process.stdin.end('Q\n');
    await program.exited;
    await until(() => expect(bench.server.counts().open).toBe(0));
  });
});
