// Longer than most: who is let in by certificate, as a table, with three clients.
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/errors/secret.ts';
import { CertificateAuthentication } from '../../../src/transport/certificate-authentication.ts';
import type { CertificateSources } from '../../../src/transport/certificate-set.ts';
import { Audit } from '../../helpers/audit.ts';
import { hasCerttool, type Issued, Pki } from '../../helpers/pki.ts';
import { hasProgram, startProgram } from './program.ts';
import { closed, exchange, KEY, rawClient, startBench, TLS12, until } from './support.ts';

// Of the file: the servers of its tests end only after each test's own hooks.
const audit = new Audit();
afterAll(() => audit.verify());

interface Case {
  readonly what: string;
  readonly client: () => Issued;
  /** Undefined: let in. */
  readonly reason?: string;
  readonly detail?: RegExp;
  /** Our client sends no certificate that none of the server's CAs has signed; the programs do. */
  readonly whenNotSent?: string;
}

describe.runIf(hasCerttool)('authentication by certificate', () => {
  let pki: Pki;
  let other: Pki;
  let twin: Pki;
  let server: Issued;
  let issued: Record<'valid' | 'noPurpose' | 'serverOnly' | 'revoked' | 'expired' | 'future', Issued>;
  let foreign: Issued;
  let forged: Issued;
  let crl: string;

  beforeAll(() => {
    [pki, other, twin] = [new Pki(), new Pki('Other CA'), new Pki()];
    server = pki.issue({ name: 'server' });
    issued = {
      valid: pki.issue({ name: 'valid' }),
      noPurpose: pki.issue({ name: 'no-purpose', purposes: [] }),
      serverOnly: pki.issue({ name: 'server-only', purposes: ['tls_www_server'] }),
      revoked: pki.issue({ name: 'revoked' }),
      expired: pki.issue({ name: 'expired', fromDay: -10, toDay: -1 }),
      future: pki.issue({ name: 'future', fromDay: 3 }),
    };
    foreign = other.issue({ name: 'foreign' });
    forged = twin.issue({ name: 'forged' });
    crl = pki.revoke([issued.revoked]);
  });

  afterAll(() => {
    for (const one of [pki, other, twin]) {
      one[Symbol.dispose]();
    }
  });

  const start = (more: Partial<CertificateSources> = {}, options: Parameters<typeof startBench>[0] = {}) => {
    const certificates = { ca: pki.ca, ...server, crl, ...more };
    return startBench({ ...options, authentication: new CertificateAuthentication({ certificates }) });
  };
  const own = (client: Issued): CertificateSources => ({ ca: pki.ca, ...client });

  const CASES: readonly Case[] = [
    { what: 'a valid one', client: () => issued.valid },
    { what: 'one without a purpose', client: () => issued.noPurpose },
    { what: 'one for servers only', client: () => issued.serverOnly },
    { what: 'a revoked one', client: () => issued.revoked, reason: 'certificate', detail: /: revoked$/ },
    { what: 'an expired one', client: () => issued.expired, reason: 'certificate', detail: /: expired$/ },
    { what: 'one of later', client: () => issued.future, reason: 'certificate', detail: /: not yet valid$/ },
    {
      what: 'one of another CA',
      client: () => foreign,
      reason: 'certificate',
      detail: /: its signer is not a CA of ours$/,
      whenNotSent: 'no-certificate',
    },
    {
      what: 'one of a CA that only has the name of ours',
      client: () => forged,
      reason: 'certificate',
      detail: /: its signer is not a CA of ours$/,
    },
  ];

  describe.each(['NORMAL', TLS12])('%s', (priorities) => {
    it.each(CASES)('our client with $what: $reason', async ({ client, reason, detail, whenNotSent }) => {
      const bench = await start();
      const dialled = bench.dial({ certificates: own(client()), priorities }).then(async (connection) => {
        return String(await exchange(connection, Buffer.from('hello')));
      });
      if (reason === undefined) {
        expect(await dialled).toBe('hello');
        expect(bench.events.filter(({ name }) => name === 'tls.accepted')).toMatchObject([
          {
            fields: {
              subject: expect.stringMatching(/^CN=/),
              fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
            },
          },
        ]);
      } else {
        // With TLS 1.3 it is the end of the connection that tells, with TLS 1.2 the handshake.
        await expect(dialled).rejects.toThrow(/fatal alert|lost/);
        await until(() => expect(bench.refusals()).toMatchObject([{ reason: whenNotSent ?? reason }]));
        expect(bench.refusals()[0]?.detail).toMatch(
          whenNotSent === undefined ? (detail ?? /^$/) : /sent no certificate/,
        );
        expect(bench.events.map(({ name }) => name)).not.toContain('tls.accepted');
      }
    });

    it('refuses a client with a key: the modes differ', async () => {
      const bench = await start();
      const dialled = bench.dial({ key: new Secret(KEY), priorities });
      await expect(dialled).rejects.toMatchObject({ code: 'TLS_HANDSHAKE_FAILED' });
      await until(() => expect(bench.refusals()).toMatchObject([{ reason: 'mode' }]));
      expect(bench.refusals()[0]?.detail).toMatch(/modes differ.*pre-shared key/);
    });

    it('is refused by a server with a key: the modes differ', async () => {
      const bench = await startBench();
      const dialled = bench.dial({ certificates: own(issued.valid), priorities });
      await expect(dialled).rejects.toMatchObject({ code: 'TLS_HANDSHAKE_FAILED' });
      await until(() => expect(bench.refusals()).toMatchObject([{ reason: 'mode' }]));
      expect(bench.refusals()[0]?.detail).toMatch(/modes differ.*certificates/);
    });
  });

  describe.runIf(hasProgram('gnutls-cli'))('gnutls-cli', () => {
    const gnutlsCli = (port: number, client?: Issued) => {
      const proof = client === undefined ? [] : ['--x509certfile', client.cert, '--x509keyfile', client.key];
      const trust = ['--insecure', '--x509cafile', pki.ca, '--priority', 'NORMAL'];
      return startProgram('gnutls-cli', [...trust, ...proof, '-p', `${port}`, '127.0.0.1']);
    };

    it.each(CASES)('with $what: $reason', async ({ client, reason }) => {
      const bench = await start();
      const program = gnutlsCli(bench.port, client());
      if (reason === undefined) {
        await until(() => expect(bench.server.counts().open).toBe(1));
        program.process.stdin.end();
      } else {
        // A client of TLS 1.3 believes that it is done before it hears of the refusal.
        program.process.stdin.write('x');
        await until(() => expect(bench.refusals()).toMatchObject([{ reason }]));
      }
      await program.exited;
      await until(() => expect(bench.server.counts().open).toBe(0));
    });

    it('without a certificate', async () => {
      const bench = await start();
      const program = gnutlsCli(bench.port);
      await until(() => expect(bench.refusals()).toMatchObject([{ reason: 'no-certificate' }]));
      await program.exited;
    });

    it('with a key', async () => {
      const bench = await start();
      const secret = ['--pskusername', 'lrmd', '--pskkey', KEY.toString('hex')];
      const program = startProgram('gnutls-cli', [
        '--no-ca-verification',
        ...secret,
        '--priority',
        'NORMAL:-KX-ALL:+DHE-PSK:+PSK',
        '-p',
        `${bench.port}`,
        '127.0.0.1',
      ]);
      // It says that it has certificates as well, and then sends none.
      await until(() => expect(bench.refusals()).toMatchObject([{ reason: 'no-certificate' }]));
      expect(bench.refusals()[0]?.detail).toContain('pre-shared key');
      await program.exited;
    });
  });

  describe.runIf(hasProgram('openssl'))('openssl s_client', () => {
    it.each(CASES)('with $what: $reason', async ({ client, reason, detail }) => {
      const bench = await start();
      const { cert, key } = client();
      const program = startProgram('openssl', [
        's_client',
        '-connect',
        `127.0.0.1:${bench.port}`,
        '-CAfile',
        pki.ca,
        '-cert',
        cert,
        '-key',
        key,
      ]);
      if (reason === undefined) {
        await until(() => expect(bench.server.counts().open).toBe(1));
        await until(() => expect(program.output()).toContain('---'));
        program.process.stdin.end('Q\n');
      } else {
        await until(() => expect(bench.refusals()).toMatchObject([{ reason }]));
        expect(bench.refusals()[0]?.detail).toMatch(detail ?? /^$/);
      }
      await program.exited;
      await until(() => expect(bench.server.counts().open).toBe(0));
    });
  });

  it('looks at no purpose on either end: a node may have one certificate for both', async () => {
    const bench = await start(issued.serverOnly);
    const connection = await bench.dial({ certificates: own(issued.serverOnly) });
    expect(String(await exchange(connection, Buffer.from('both ends')))).toBe('both ends');
  });

  it('is asked of the server, too: a client leaves one that it can’t trust', async () => {
    const bench = await start({ ...foreign, ca: pki.ca });
    await expect(bench.dial({ certificates: own(issued.valid) })).rejects.toMatchObject({
      code: 'TLS_HANDSHAKE_FAILED',
      message: expect.stringContaining('its signer is not a CA of ours'),
      details: { reason: 'certificate' },
    });
  });

  it('is looked up by the client in its own revocation list', async () => {
    const bench = await start();
    const certificates = { ...own(issued.valid), crl: pki.revoke([server], { file: 'server-revoked' }) };
    await expect(bench.dial({ certificates })).rejects.toMatchObject({
      message: expect.stringContaining('revoked'),
    });
  });

  it('takes PEM in memory on both ends', async () => {
    const inMemory = ({ cert, key }: Issued) => ({
      ca: readFileSync(pki.ca),
      cert: readFileSync(cert),
      key: new Secret(readFileSync(key)),
      crl: readFileSync(crl),
    });
    const certificates = inMemory(server);
    const bench = await startBench({ authentication: new CertificateAuthentication({ certificates }) });
    const mine = inMemory(issued.valid);
    for (const _time of [1, 2]) {
      const connection = await bench.dial({ certificates: mine });
      expect(String(await exchange(connection, Buffer.from('hello')))).toBe('hello');
    }
  });

  it('wants a key or certificates, and tells of bad ones before it connects', async () => {
    const bench = await start();
    const certificates = own(issued.valid);
    await expect(bench.dial({ key: new Secret(KEY), certificates })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
    const bad = { ...certificates, key: '/nowhere/key' };
    await expect(bench.dial({ certificates: bad })).rejects.toMatchObject({
      code: 'CERTIFICATES_INVALID',
      message: 'Expected the private key as PEM in /nowhere/key, got none: absent',
    });
    expect(bench.refusals()).toEqual([]);
  });

  it('serves a good peer while 100 silent ones come and stay', async () => {
    const bench = await start({}, { handshakeTimeoutMs: 3000 });
    const silent: Socket[] = await Promise.all(Array.from({ length: 100 }, () => rawClient(bench.port)));
    const connection = await bench.dial({ certificates: own(issued.valid) });
    expect(String(await exchange(connection, Buffer.from('hello')))).toBe('hello');
    await Promise.all(silent.map(closed));
    await until(() => expect(bench.refusals()).toHaveLength(100));
  });
});
