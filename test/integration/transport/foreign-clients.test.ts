import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { Audit } from '../../helpers/audit.ts';
import { hasProgram, type RunningProgram, startProgram } from './program.ts';
import { expectServed, KEY, startBench, until } from './support.ts';

// Of the file: the servers of its tests end only after each test's own hooks.
const audit = new Audit();
afterAll(() => audit.verify());

const HEX = KEY.toString('hex');
const PSK13 = 'NORMAL:+DHE-PSK:+PSK';
// gnutls-cli has certificate key exchanges, too, unless told not to. With +DHE-PSK 3.7.9 crashes while it prints.
const PSK12 = 'NORMAL:-KX-ALL:+PSK:-VERS-ALL:+VERS-TLS1.2';

interface CliOptions {
  readonly port: number;
  readonly priority?: string;
  readonly user?: string;
  readonly key?: string;
  /** Give the client a key at all; default yes. */
  readonly psk?: boolean;
  readonly more?: readonly string[];
}

function gnutlsCli({
  port,
  priority = PSK13,
  user = 'lrmd',
  key = HEX,
  psk = true,
  more = [],
}: CliOptions): RunningProgram {
  const secret = psk ? ['--pskusername', user, '--pskkey', key] : [];
  return startProgram('gnutls-cli', [
    ...more,
    '--no-ca-verification',
    ...secret,
    '--priority',
    priority,
    '-p',
    `${port}`,
    '127.0.0.1',
  ]);
}

describe.runIf(hasProgram('gnutls-cli'))('gnutls-cli', () => {
  it.each([
    { priority: PSK13, version: 'TLS1.3' },
    { priority: PSK12, version: 'TLS1.2' },
  ])('is served with $version', async ({ priority, version }) => {
    const bench = await startBench();
    const client = gnutlsCli({ port: bench.port, priority });
    await until(() => expect(client.output()).toContain('Handshake was completed'));
    client.process.stdin.end();
    await client.exited;
    await until(() => expect(bench.events.at(-1)?.name).toBe('tls.closed'));
    const accepted = bench.events.find(({ name }) => name === 'tls.accepted');
    expect(accepted?.fields).toMatchObject({ description: expect.stringContaining(version) });
  });

  it.each([
    { what: 'another key', reason: 'key', options: { key: '00112233' } },
    { what: 'another key, TLS 1.2', reason: 'key', options: { key: '00112233', priority: PSK12 } },
    { what: 'another identity', reason: 'identity', options: { user: 'bob' } },
    {
      what: 'no pre-shared key to offer',
      reason: 'mode',
      options: { priority: 'NORMAL:-VERS-ALL:+VERS-TLS1.2' },
    },
    { what: 'certificates only', reason: 'mode', options: { psk: false, priority: 'NORMAL' } },
    {
      what: 'anonymous key exchange',
      reason: 'tls',
      options: { priority: 'NORMAL:-KX-ALL:+ANON-ECDH:+ANON-DH:-VERS-ALL:+VERS-TLS1.2' },
    },
  ])('is refused with $what', async ({ reason, options }) => {
    const bench = await startBench();
    const client = gnutlsCli({ port: bench.port, ...options });
    expect(await client.exited).not.toBe(0);
    await until(() => expect(bench.refusals()).toMatchObject([{ reason }]));
    await expectServed(bench);
  });

  it('is closed when it wants to renegotiate', async () => {
    const bench = await startBench();
    const client = gnutlsCli({ port: bench.port, priority: PSK12, more: ['--rehandshake'] });
    await client.exited;
    await until(() =>
      expect(bench.events.at(-1)).toMatchObject({ name: 'tls.closed', fields: { clean: false } }),
    );
    expect(bench.events.at(-1)?.fields).toMatchObject({ reason: expect.stringContaining('-37') });
    await expectServed(bench);
  });
});

describe.runIf(hasProgram('openssl'))('openssl s_client', () => {
  it('may change its keys while the connection is open', async () => {
    const bench = await startBench();
    // OpenSSL takes no key over 512 bytes.
    const key = KEY.subarray(0, 64);
    writeFileSync(bench.keyFile, key);
    const psk = ['-psk', key.toString('hex'), '-psk_identity', 'lrmd'];
    const client = startProgram('openssl', [
      's_client',
      '-connect',
      `127.0.0.1:${bench.port}`,
      ...psk,
      '-tls1_3',
    ]);
    await until(() => expect(bench.server.counts().open).toBe(1));
    await until(() => expect(client.output()).toContain('---'));
    client.process.stdin.write('K\n');
    await until(() => expect(client.output()).toContain('KEYUPDATE'));
    // A length of 1, the rest of a header, and the payload: the line's own end.
    client.process.stdin.write(
      Buffer.concat([Buffer.from([1, 0, 0, 0]), Buffer.alloc(35, 'h'), Buffer.from('\n!\n')]),
    );
    await until(() => expect(client.output()).toContain(`${'h'.repeat(35)}\n!`));
    client.process.stdin.end('Q\n');
    await client.exited;
  });
});
