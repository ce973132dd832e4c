import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/errors/secret.ts';
import { sessionCount } from '../../../src/native/gnutls.ts';
import { credentialCount } from '../../../src/native/gnutls-credentials.ts';
import type { SecureSession } from '../../../src/native/secure-session.ts';
import { channelOf, type EventFields, type EventName } from '../../../src/observe/events.ts';
import { CertificateAuthentication } from '../../../src/transport/certificate-authentication.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { hasCerttool, type Issued, Pki } from '../../helpers/pki.ts';

const NAMES: readonly EventName[] = [
  'tls.certificates-loaded',
  'tls.certificates-rejected',
  'tls.certificate-validity',
  'tls.crl-stale',
  'tls.key-readable',
];
const DAY_SECONDS = 86_400;

/** Starts at the real time, because the certificates do. */
class Today extends FakeClock {
  constructor() {
    super();
    this.ms = Date.now();
  }
}

describe.runIf(hasCerttool)('authentication by certificate', () => {
  let pki: Pki;
  let server: Issued;
  let renewed: Issued;
  let ending: Issued;
  let folder: string;
  let clock: Today;
  let told: Array<{ name: EventName; fields: EventFields }>;
  const open: CertificateAuthentication[] = [];
  const listeners = NAMES.map((name) => ({
    name,
    hear: (fields: unknown) => void told.push({ name, fields: fields as EventFields }),
  }));

  beforeAll(() => {
    pki = new Pki();
    server = pki.issue({ name: 'server' });
    renewed = pki.issue({ name: 'renewed' });
    ending = pki.issue({ name: 'ending', toDay: 20 });
  });

  afterAll(() => pki[Symbol.dispose]());

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bundlet-certificates-'));
    clock = new Today();
    told = [];
    for (const { name, hear } of listeners) {
      channelOf(name).subscribe(hear);
    }
    put('ca', pki.ca);
    install(server);
  });

  afterEach(() => {
    for (const one of open.splice(0)) {
      one.release();
    }
    for (const { name, hear } of listeners) {
      channelOf(name).unsubscribe(hear);
    }
    rmSync(folder, { recursive: true });
    expect(sessionCount()).toBe(0);
    expect(credentialCount()).toBe(0);
    expect(clock.waiting).toBe(0);
  });

  const at = (name: string): string => join(folder, name);

  /** Puts a file in place, dated long ago; each time another second. */
  let age = 1000;
  function put(name: string, from: string): void {
    copyFileSync(from, at(name));
    age -= 1;
    utimesSync(at(name), Date.now() / 1000 - age, Date.now() / 1000 - age);
  }

  function install({ cert, key }: Issued): void {
    put('cert', cert);
    put('key', key);
  }

  function start(more: { crl?: string } = {}): CertificateAuthentication {
    const certificates = { ca: at('ca'), cert: at('cert'), key: at('key'), ...more };
    const made = new CertificateAuthentication({ certificates, clock });
    open.push(made);
    return made;
  }

  const names = (): EventName[] => told.splice(0).map(({ name }) => name);
  /** As a new peer does it. */
  const look = (one: CertificateAuthentication): void => one.open().free();

  it('reads the files once while they stay the same', () => {
    const one = start();
    look(one);
    look(one);
    expect(told).toMatchObject([{ fields: { path: at('cert'), subject: 'CN=server' } }]);
    expect(credentialCount()).toBe(1);
  });

  it('takes a renewed pair with the next peer, and keeps the old one as long as a session uses it', () => {
    const one = start();
    const held: SecureSession = one.open();
    install(renewed);
    look(one);
    expect(told.at(-1)).toMatchObject({ name: 'tls.certificates-loaded', fields: { subject: 'CN=renewed' } });
    expect(credentialCount()).toBe(2);
    held.free();
    expect(credentialCount()).toBe(1);
  });

  it('takes nothing in any more once it is released, as by a HUP while the daemon stops', () => {
    const one = start();
    one.release();
    install(renewed);
    one.refresh();
    expect(names()).toEqual(['tls.certificates-loaded']);
    expect(credentialCount()).toBe(0);
  });

  it('keeps the old pair half-way through a replacement, says so once, and goes on when it is whole', () => {
    const one = start();
    names();
    put('cert', renewed.cert);
    look(one);
    look(one);
    expect(told).toMatchObject([
      {
        name: 'tls.certificates-rejected',
        fields: {
          reason: `Expected the private key of ${at('cert')} in ${at('key')}, got the key of another certificate`,
        },
      },
    ]);
    put('key', renewed.key);
    look(one);
    expect(names()).toEqual(['tls.certificates-rejected', 'tls.certificates-loaded']);
    // And the same again is a new fault.
    put('cert', server.cert);
    one.refresh();
    expect(names()).toEqual(['tls.certificates-rejected']);
    expect(credentialCount()).toBe(1);
  });

  it('keeps what it has while a file is away', () => {
    const one = start();
    names();
    renameSync(at('ca'), at('elsewhere'));
    look(one);
    look(one);
    expect(told).toMatchObject([
      { fields: { reason: expect.stringContaining(`${at('ca')}, got none: absent`) } },
    ]);
    renameSync(at('elsewhere'), at('ca'));
    look(one);
    expect(names()).toEqual(['tls.certificates-rejected']);
  });

  it('does not trust the time of a file that was changed just now, and tells of no change that is none', () => {
    utimesSync(at('cert'), clock.epochSeconds(), clock.epochSeconds());
    const one = start();
    names();
    look(one);
    expect(names()).toEqual([]);
    // The same sizes and, by the file system's coarse clock, the same times.
    const both = readFileSync(server.cert);
    const { mtimeMs } = statSync(at('cert'));
    writeFileSync(at('cert'), both.fill('x', 100, 110));
    utimesSync(at('cert'), mtimeMs / 1000, mtimeMs / 1000);
    clock.advance(60_000);
    look(one);
    expect(names()).toEqual(['tls.certificates-rejected']);
  });

  it('follows the revocation list, and warns when it is out of date', () => {
    put('crl', pki.revoke([], { file: 'fresh' }));
    const one = start({ crl: at('crl') });
    expect(names()).toEqual(['tls.certificates-loaded']);
    put('crl', pki.revoke([renewed], { file: 'stale', toDay: -2 }));
    look(one);
    expect(names()).toEqual(['tls.certificates-loaded', 'tls.crl-stale']);
    put('crl', pki.revoke([renewed], { file: 'next', toDay: 1 }));
    look(one);
    expect(names()).toEqual(['tls.certificates-loaded']);
    clock.advance(2 * DAY_SECONDS * 1000);
    expect(names()).toEqual(['tls.crl-stale']);
  });

  it.each([
    { days: 365 - 31, problem: undefined },
    { days: 365 - 29, problem: /^expires in 2[89] days$/ },
    { days: 366, problem: /^expired on \d{4}-/ },
    { days: -2, problem: /^not valid before \d{4}-/ },
  ])('$days days from now it says of our own certificate: $problem', ({ days, problem }) => {
    clock.ms += days * DAY_SECONDS * 1000;
    start();
    const warnings = told.filter(({ name }) => name === 'tls.certificate-validity');
    expect(warnings.map(({ fields }) => fields)).toEqual(
      problem === undefined
        ? []
        : [
            expect.objectContaining({
              whose: 'own',
              subject: 'CN=server',
              problem: expect.stringMatching(problem),
            }),
          ],
    );
  });

  it('warns once a day, however many peers come and however often the revocation list is renewed', () => {
    install(ending);
    put('crl', pki.revoke([], { file: 'first' }));
    const one = start({ crl: at('crl') });
    const warnings = () => names().filter((name) => name === 'tls.certificate-validity').length;
    expect(warnings()).toBe(1);
    look(one);
    put('crl', pki.revoke([renewed], { file: 'second' }));
    look(one);
    clock.advance((DAY_SECONDS - 1) * 1000);
    expect(warnings()).toBe(0);
    clock.advance(1000);
    expect(warnings()).toBe(1);
    clock.advance(3 * DAY_SECONDS * 1000);
    expect(warnings()).toBe(3);
    install(renewed);
    look(one);
    clock.advance(DAY_SECONDS * 1000);
    expect(warnings()).toBe(0);
  });

  it('warns when others may read the key', () => {
    chmodSync(at('key'), 0o644);
    start();
    expect(told.at(-1)).toMatchObject({ name: 'tls.key-readable', fields: { path: at('key') } });
  });

  it.each([
    { part: 'ca', content: 'no PEM', reason: /^Expected certificates of CAs as PEM in .*ca, got none/ },
    { part: 'ca', content: '', reason: /^Expected the CA as PEM in .*ca, got none: empty$/ },
    { part: 'ca', content: 'key', reason: /^Expected certificates of CAs as PEM in .*ca, got none/ },
    {
      part: 'cert',
      content: 'no PEM',
      reason: /^Expected a certificate as PEM in .*cert, got something else$/,
    },
    { part: 'cert', content: 'key', reason: /^Expected a certificate as PEM in .*cert, got something else$/ },
    { part: 'cert', content: 'broken', reason: /^GnuTLS takes .*cert and .*key not as certificate and/ },
    {
      part: 'key',
      content: 'no PEM',
      reason: /^Expected a private key as PEM in .*key, got something else$/,
    },
    {
      part: 'key',
      content: 'encrypted',
      reason: /^Expected a private key that is not encrypted in .*key, got/,
    },
    {
      part: 'key',
      content: 'other',
      reason: /^Expected the private key of .*cert in .*key, got the key of another/,
    },
    { part: 'crl', content: 'no PEM', reason: /^Expected revocation lists as PEM in .*crl, got none/ },
    {
      part: 'crl',
      content: undefined,
      reason: /^Expected the revocation list as PEM in .*crl, got none: absent$/,
    },
  ])('does not start with $part: $content', ({ part, content, reason }) => {
    const contents: Readonly<Record<string, () => Buffer>> = {
      key: () => readFileSync(server.key),
      other: () => readFileSync(renewed.key),
      encrypted: () => readFileSync(pki.encrypt(server)),
      broken: () => Buffer.from('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'),
    };
    if (content !== undefined) {
      writeFileSync(at(part), contents[content]?.() ?? Buffer.from(content));
    }
    const more = part === 'crl' ? { crl: at('crl') } : {};
    expect(() => start(more)).toThrow(
      expect.objectContaining({ code: 'CERTIFICATES_INVALID', message: expect.stringMatching(reason) }),
    );
    expect(names()).toEqual([]);
  });

  it('leaves a private key as it is that was given in memory: it is not ours to wipe', () => {
    const key = new Secret(readFileSync(server.key));
    open.push(
      new CertificateAuthentication({ certificates: { ca: at('ca'), cert: at('cert'), key }, clock }),
    );
    expect(key.expose()).toEqual(readFileSync(server.key));
  });
});
