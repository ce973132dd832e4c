import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/errors/secret.ts';
import { openSession, sessionCount } from '../../../src/native/gnutls.ts';
import { pskClientCredentials, pskServerCredentials } from '../../../src/native/gnutls-credentials.ts';
import { openGnutls } from '../../../src/native/gnutls-library.ts';
import { priorities } from '../../../src/native/gnutls-priorities.ts';
import { koffi } from '../../../src/native/koffi.ts';
import type { PskLookup, SecureSession, SessionFailure } from '../../../src/native/secure-session.ts';

const PSK = 'NORMAL:+DHE-PSK:+PSK';
const PSK12 = 'NORMAL:-VERS-ALL:+VERS-TLS1.2:+DHE-PSK:+PSK';
const KEY = new Secret(Buffer.alloc(4096, 0x5a));
const OTHER = new Secret(Buffer.from('other'));
const onlyLrmd: PskLookup = (identity) => (identity === 'lrmd' ? KEY : 'identity');

type Cut = (bytes: Buffer) => Buffer[];
const whole: Cut = (bytes) => [bytes];
const bytewise: Cut = (bytes) => Array.from(bytes, (byte) => Buffer.from([byte]));

/** Cuts at random; the seed makes it the same again. */
function random(seed: number): Cut {
  let state = seed;
  return (bytes) => {
    const pieces: Buffer[] = [];
    for (let at = 0; at < bytes.length; ) {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      const length = 1 + (state % 97);
      pieces.push(bytes.subarray(at, at + length));
      at += length;
    }
    return pieces;
  };
}

interface PairOptions {
  readonly clientPriorities?: string;
  readonly identity?: string;
  readonly key?: Secret;
  readonly lookup?: PskLookup;
}

const open: SecureSession[] = [];

function pair(options: PairOptions = {}): { client: SecureSession; server: SecureSession } {
  const { identity = 'lrmd', key = KEY, lookup = onlyLrmd, clientPriorities = PSK } = options;
  const serverCredentials = pskServerCredentials(lookup);
  const clientCredentials = pskClientCredentials(identity, key);
  const server = openSession({ credentials: serverCredentials, priorities: PSK });
  const client = openSession({ credentials: clientCredentials, priorities: clientPriorities });
  // They live on with the sessions, as in the daemon after `stop`.
  serverCredentials.release();
  clientCredentials.release();
  open.push(server, client);
  return { client, server };
}

function carry(from: SecureSession, to: SecureSession, cut: Cut): void {
  for (const piece of cut(Buffer.concat(from.takeOutput()))) {
    to.feed(piece);
  }
}

type Step = 'done' | 'again' | SessionFailure;

function shake(
  client: SecureSession,
  server: SecureSession,
  cut: Cut = whole,
): { client: Step; server: Step } {
  const result: { client: Step; server: Step } = { client: 'again', server: 'again' };
  for (let turn = 0; turn < 10 && (result.client === 'again' || result.server === 'again'); turn += 1) {
    result.client = result.client === 'again' ? client.handshake() : result.client;
    carry(client, server, cut);
    result.server = result.server === 'again' ? server.handshake() : result.server;
    if (typeof result.server === 'object') {
      server.alert(result.server);
    }
    carry(server, client, cut);
  }
  return result;
}

function drain(session: SecureSession): Array<number | string> {
  const sizes: Array<number | string> = [];
  for (;;) {
    const result = session.read();
    if (!Buffer.isBuffer(result)) {
      sizes.push(typeof result === 'string' ? result : result.kind);
      return sizes;
    }
    sizes.push(result.length);
  }
}

afterEach(() => {
  for (const session of open.splice(0)) {
    session.free();
  }
  expect(sessionCount()).toBe(0);
});

describe('a session over memory', () => {
  const cuts: ReadonlyArray<[string, Cut]> = [
    ['in one piece', whole],
    ['byte by byte', bytewise],
    ['in random cuts, seed 1', random(1)],
    ['in random cuts, seed 2', random(2)],
  ];
  it.each(
    [PSK, PSK12].flatMap((clientPriorities) =>
      cuts.map(([name, cut]) => ({
        name,
        cut,
        version: clientPriorities === PSK ? 'TLS1.3' : 'TLS1.2',
        clientPriorities,
      })),
    ),
  )('shakes hands and talks, $version, fed $name', ({ cut, clientPriorities, version }) => {
    const { client, server } = pair({ clientPriorities });
    expect(shake(client, server, cut)).toEqual({ client: 'done', server: 'done' });
    expect(server.description).toContain(version);
    client.write(Buffer.alloc(40));
    client.write(Buffer.alloc(20_000));
    carry(client, server, cut);
    expect(drain(server)).toEqual([40, 16_384, 3616, 'again']);
    server.write(Buffer.from('answer'));
    server.bye();
    carry(server, client, cut);
    expect(drain(client)).toEqual([6, 'end']);
  });

  it.each([
    { what: 'another key', options: { key: OTHER }, kind: 'key' },
    { what: 'another key, TLS 1.2', options: { key: OTHER, clientPriorities: PSK12 }, kind: 'key' },
    { what: 'another identity', options: { identity: 'bob' }, kind: 'identity' },
    { what: 'no key here', options: { lookup: (): 'no-key' => 'no-key' }, kind: 'no-key' },
  ])('fails with $what, and the peer gets an alert', ({ options, kind }) => {
    const { client, server } = pair(options);
    const result = shake(client, server);
    expect(result.server).toMatchObject({ kind, code: expect.any(Number) });
    expect(result.client).toMatchObject({ kind: 'alert', message: expect.stringContaining('fatal alert') });
  });

  it('counts a lookup that throws as a failure, never as success', () => {
    const { client, server } = pair({
      lookup: () => {
        throw new Error('disk on fire');
      },
    });
    expect(shake(client, server).server).toMatchObject({
      kind: 'tls',
      message: expect.stringContaining('disk on fire'),
    });
  });

  it('survives being freed from inside a callback', () => {
    let victim: SecureSession | undefined;
    const { client, server } = pair({
      lookup: () => {
        victim?.free();
        return KEY;
      },
    });
    victim = server;
    expect(shake(client, server).server).toMatchObject({ kind: 'tls' });
    expect(server.description).toBe('');
  });

  it('does nothing after it was freed, twice if need be', () => {
    const { client, server } = pair();
    shake(client, server);
    server.free();
    server.free();
    server.feed(Buffer.from('x'));
    server.bye();
    expect(server.read()).toMatchObject({ kind: 'tls' });
    expect(server.write(Buffer.from('x'))).toMatchObject({ kind: 'tls' });
    expect(server.takeOutput()).toEqual([]);
  });

  it('tells a FIN without goodbye from a goodbye', () => {
    const { client, server } = pair();
    shake(client, server);
    server.feedEnd();
    expect(drain(server)).toEqual(['ended']);
  });

  it('fails on ciphertext that was changed on the way', () => {
    const { client, server } = pair();
    shake(client, server);
    client.write(Buffer.from('hello'));
    const bytes = Buffer.concat(client.takeOutput());
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    server.feed(bytes);
    expect(drain(server)).toEqual(['tls']);
  });

  it('reads on behind a key update that came in the same piece, and answers it', () => {
    const { client, server } = pair();
    shake(client, server);
    const { handle } = client as unknown as { handle: bigint };
    const update = koffi()
      .load('libgnutls.so.30')
      .func('int gnutls_session_key_update(void *session, unsigned int peer)');
    client.write(Buffer.from('before'));
    expect(update(handle, 1)).toBe(0);
    client.write(Buffer.from('after'));
    carry(client, server, whole);
    expect(drain(server)).toEqual([6, 5, 'again']);
    server.write(Buffer.from('with new keys'));
    carry(server, client, whole);
    expect(drain(client)).toEqual([13, 'again']);
  });

  it('ends when the peer leaves in the middle of a record, also when both are seen together', () => {
    const { client, server } = pair();
    shake(client, server);
    client.write(Buffer.from('hello'));
    server.feed(Buffer.concat(client.takeOutput()).subarray(0, 10));
    server.feedEnd();
    expect(drain(server)).toEqual(['ended']);
  });

  it.each([1, 2, 3])('survives 100 ClientHellos that were changed at random, seed %i', (seed) => {
    let state = seed;
    const below = (limit: number): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state % limit;
    };
    for (let round = 0; round < 100; round += 1) {
      const { client, server } = pair();
      client.handshake();
      const hello = Buffer.concat(client.takeOutput());
      for (let changes = 1 + below(8); changes > 0; changes -= 1) {
        hello[below(hello.length)] = below(256);
      }
      server.feed(hello);
      server.feedEnd();
      expect(server.handshake()).toMatchObject({ code: expect.any(Number) });
      server.free();
      client.free();
    }
  });

  it('refuses credentials that were released', () => {
    const credentials = pskServerCredentials(onlyLrmd);
    credentials.release();
    credentials.release();
    expect(() => openSession({ credentials, priorities: PSK })).toThrow('released');
  });
});

describe('the library', () => {
  it.each([
    { text: 'NONSENSE', at: 'position 0 ("NONSENSE")' },
    { text: 'NORMAL:+FOO', at: 'position 7 ("+FOO")' },
    { text: '', at: '' },
  ])('refuses the priority string "$text" with its place', ({ text, at }) => {
    expect(() => priorities(text)).toThrow(expect.objectContaining({ code: 'TLS_PRIORITIES_INVALID' }));
    expect(() => priorities(text)).toThrow(at);
  });

  it.each(['libnowhere.so.99', 'libc.so.6'])('says which package to install when %s is no GnuTLS', (path) => {
    expect(() => openGnutls(path)).toThrow(
      expect.objectContaining({ code: 'GNUTLS_MISSING', message: expect.stringMatching(/libgnutls30t64/) }),
    );
  });
});
