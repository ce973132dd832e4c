import { certificateCredentials } from '../native/gnutls-certificates.ts';
import type { Credentials } from '../native/secure-session.ts';
import { type CertificateSources, readCertificates, wipe } from './certificate-set.ts';

/**
 * What a client with certificates authenticates by; apart, so that one with a key never loads it.
 * @throws AgentError CERTIFICATES_INVALID, GNUTLS_MISSING
 */
export function clientCertificates(sources: CertificateSources): Credentials {
  const set = readCertificates(sources);
  try {
    return certificateCredentials('client', set.pems);
  } finally {
    wipe(set);
  }
}
