import type { X509Certificate } from 'node:crypto';
import { crypto } from '../native/crypto.ts';

const DAY_SECONDS = 86_400;
/** So long before the end a certificate deserves attention, as upstream has it (tls.md 2.3). */
export const WARN_SECONDS = 30 * DAY_SECONDS;
const FINGERPRINT_DIGITS = 16;

/** What a log tells of a certificate. */
export interface CertificateFacts {
  /** On one line. */
  readonly subject: string;
  /** The first digits of its SHA-256. */
  readonly fingerprint: string;
  /** Seconds since 1970. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** The first certificate in a PEM text, or the one in DER; `undefined` if it can't be read. */
export function certificateFacts(bytes: Buffer): CertificateFacts | undefined {
  let certificate: X509Certificate;
  try {
    certificate = new (crypto().X509Certificate)(bytes);
  } catch {
    // GnuTLS has taken it all the same; then there is just less to tell.
    return undefined;
  }
  return {
    subject: certificate.subject.replaceAll('\n', ', '),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase().slice(0, FINGERPRINT_DIGITS),
    fromSeconds: Date.parse(certificate.validFrom) / 1000,
    toSeconds: Date.parse(certificate.validTo) / 1000,
  };
}

/** What is wrong with the dates of a certificate, in words; `undefined` while nothing is. */
export function validityProblem(facts: CertificateFacts, nowSeconds: number): string | undefined {
  const { fromSeconds, toSeconds } = facts;
  if (nowSeconds < fromSeconds) {
    return `not valid before ${isoDate(fromSeconds)}`;
  }
  if (nowSeconds > toSeconds) {
    return `expired on ${isoDate(toSeconds)}`;
  }
  const days = Math.floor((toSeconds - nowSeconds) / DAY_SECONDS);
  return toSeconds - nowSeconds <= WARN_SECONDS ? `expires in ${days} days` : undefined;
}

/** As logs write a moment. */
export function isoDate(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
