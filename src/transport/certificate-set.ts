import { AgentError } from '../errors/agent-error.ts';
import { Secret } from '../errors/secret.ts';
import { crypto } from '../native/crypto.ts';
import type { CertificatePems, Pem } from '../native/gnutls-certificates.ts';
import { type FileStamp, isSettled, readStamped, sameStamp, stampOf } from './stamped-file.ts';

/** Bigger than any CA bundle; a revocation list of so many bytes holds some 100,000 certificates. */
const FILE_LIMIT_BYTES = 4 * 1024 * 1024;

/** Where certificates come from: each a path, or PEM itself. */
export interface CertificateSources {
  /** Trusted CAs; no others are. */
  readonly ca: string | Buffer;
  /** Our certificate, then its chain. */
  readonly cert: string | Buffer;
  /** Its private key, not encrypted. */
  readonly key: string | Secret;
  /** What the CAs have revoked. */
  readonly crl?: string | Buffer;
}

type Part = keyof CertificateSources;
const PARTS: readonly Part[] = ['ca', 'cert', 'key', 'crl'];
const PART_NAMES: Readonly<Record<Part, string>> = {
  ca: 'the CA',
  cert: 'the certificate',
  key: 'the private key',
  crl: 'the revocation list',
};

/** What was read at one time. */
export interface CertificateSet {
  readonly pems: CertificatePems;
  /** Of those that are files, by path. */
  readonly stamps: ReadonlyMap<string, FileStamp>;
  /** The same for the same content. */
  readonly digest: string;
}

/**
 * Reads all parts. Call `wipe` as soon as nobody needs the private key any more.
 * @throws AgentError CERTIFICATES_INVALID that names the file
 */
export function readCertificates(sources: CertificateSources): CertificateSet {
  const stamps = new Map<string, FileStamp>();
  const digest = crypto().createHash('sha256');
  const read = (part: Part, source: string | Buffer | Secret): Pem => {
    const pem = readPart(part, source, stamps);
    // With its length, so that bytes that move from one file to the next are a change.
    digest.update(`${part} ${pem.text.length} `).update(pem.text);
    return pem;
  };
  const open = {
    ca: read('ca', sources.ca),
    cert: read('cert', sources.cert),
    ...(sources.crl === undefined ? {} : { crl: read('crl', sources.crl) }),
  };
  // Last, so that nothing can fail between here and the one who wipes it.
  const pems = { ...open, key: read('key', sources.key) };
  return { pems, stamps, digest: digest.digest('hex') };
}

/** Overwrites the private key, where it is a copy of ours. */
export function wipe({ pems, stamps }: CertificateSet): void {
  if (stamps.has(pems.key.name)) {
    pems.key.text.fill(0);
  }
}

/** What can be seen of the files without reading them; the same while they are the same. */
export function stampsOf(sources: CertificateSources): Map<string, FileStamp | string> {
  const paths = PARTS.map((part) => sources[part]).filter((source) => typeof source === 'string');
  return new Map(paths.map((path) => [path, stampOf(path)]));
}

/** Whether two looks at the files saw the same. */
export function sameStamps(
  before: ReadonlyMap<string, FileStamp | string>,
  now: ReadonlyMap<string, FileStamp | string>,
): boolean {
  return [...now].every(([path, stamp]) => {
    const old = before.get(path);
    return typeof stamp === 'string' || typeof old === 'string' || old === undefined
      ? stamp === old
      : sameStamp(stamp, old);
  });
}

/** Whether the same stamps will mean the same content from now on. */
export function areSettled(stamps: ReadonlyMap<string, FileStamp | string>, nowSeconds: number): boolean {
  return [...stamps.values()].every((stamp) => typeof stamp === 'string' || isSettled(stamp, nowSeconds));
}

function readPart(part: Part, source: string | Buffer | Secret, stamps: Map<string, FileStamp>): Pem {
  if (typeof source !== 'string') {
    return { name: PART_NAMES[part], text: source instanceof Secret ? source.expose() : source };
  }
  const read = readStamped(source, FILE_LIMIT_BYTES);
  if (typeof read === 'string') {
    throw new AgentError(
      'CERTIFICATES_INVALID',
      `Expected ${PART_NAMES[part]} as PEM in ${source}, got none: ${read}`,
      { labels: ['fatal', 'config'] },
    );
  }
  stamps.set(source, read.stamp);
  return { name: source, text: read.bytes };
}
