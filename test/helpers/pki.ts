// A certification authority for tests, made by GnuTLS's certtool.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** CI always has it; `npm test` elsewhere may do without. */
export const hasCerttool = spawnSync('certtool', ['--version'], { stdio: 'ignore' }).error === undefined;

const DAY_SECONDS = 86_400;

export interface Issue {
  readonly name: string;
  /** Purposes, as certtool calls them; default both of TLS. */
  readonly purposes?: readonly ('tls_www_client' | 'tls_www_server')[];
  /** Days from now; default from yesterday to in a year. */
  readonly fromDay?: number;
  readonly toDay?: number;
}

/** PEM files of one certificate. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
}

/** One CA and what it issues, as files in a folder of its own. */
export class Pki implements Disposable {
  readonly folder: string;
  readonly ca: string;
  readonly #caKey: string;
  #serial = 100;

  constructor(name = 'Test CA') {
    this.folder = mkdtempSync(join(tmpdir(), 'bundlet-pki-'));
    const { cert, key } = this.#make(
      'ca',
      ['--generate-self-signed'],
      [`cn = "${name}"`, 'ca', 'cert_signing_key', 'crl_signing_key', ...days({})],
    );
    this.ca = cert;
    this.#caKey = key;
  }

  /** A new key and a certificate for it. Every name gets files of its own; a name given again is written anew. */
  issue({ name, purposes = ['tls_www_client', 'tls_www_server'], ...range }: Issue): Issued {
    const signer = [
      '--generate-certificate',
      '--load-ca-certificate',
      this.ca,
      '--load-ca-privkey',
      this.#caKey,
    ];
    return this.#make(name, signer, [`cn = "${name}"`, 'signing_key', ...purposes, ...days(range)]);
  }

  /** A revocation list, current unless told otherwise; returns its file. */
  revoke(issued: readonly Issued[], { toDay = 30, file = 'crl' } = {}): string {
    const path = join(this.folder, `${file}.pem`);
    const revoked = join(this.folder, `${file}-revoked.pem`);
    writeFileSync(revoked, issued.map(({ cert }) => readFileSync(cert, 'utf8')).join(''));
    this.#serial += 1;
    const template = this.#template(file, [
      `crl_this_update_date = "${date(Math.min(0, toDay) - 1)}"`,
      `crl_next_update_date = "${date(toDay)}"`,
      `crl_number = ${this.#serial}`,
    ]);
    const certificates = issued.length === 0 ? [] : ['--load-certificate', revoked];
    const signer = ['--load-ca-certificate', this.ca, '--load-ca-privkey', this.#caKey];
    certtool(['--generate-crl', ...certificates, ...signer, '--template', template, '--outfile', path]);
    return path;
  }

  /** The key of one certificate, encrypted. */
  encrypt({ key }: Issued): string {
    const path = key.replace(/\.key$/, '.encrypted');
    certtool(['--to-p8', '--load-privkey', key, '--password', 'secret', '--outfile', path]);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }

  #make(name: string, how: readonly string[], lines: readonly string[]): Issued {
    const issued = { cert: join(this.folder, `${name}.pem`), key: join(this.folder, `${name}.key`) };
    this.#serial += 1;
    const template = this.#template(name, [...lines, `serial = ${this.#serial}`]);
    certtool(['--generate-privkey', '--key-type', 'ecdsa', '--curve', 'secp256r1', '--outfile', issued.key]);
    certtool([...how, '--load-privkey', issued.key, '--template', template, '--outfile', issued.cert]);
    return issued;
  }

  #template(name: string, lines: readonly string[]): string {
    mkdirSync(this.folder, { recursive: true });
    const path = join(this.folder, `${name}.template`);
    writeFileSync(path, `${lines.join('\n')}\n`);
    return path;
  }
}

function certtool(args: readonly string[]): void {
  execFileSync('certtool', args, { stdio: 'pipe' });
}

function days({ fromDay = -1, toDay = 365 }: { fromDay?: number; toDay?: number }): string[] {
  return [`activation_date = "${date(fromDay)}"`, `expiration_date = "${date(toDay)}"`];
}

function date(day: number): string {
  const seconds = Math.floor(Date.now() / 1000) + day * DAY_SECONDS;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
