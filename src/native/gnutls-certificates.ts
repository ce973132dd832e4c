import { AgentError } from '../errors/agent-error.ts';
import { statusWords } from './certificate-status.ts';
import { allocate, type CertificateHandling, GnutlsCredentials, LEVEL_MEDIUM } from './gnutls-credentials.ts';
import { type Datum, type GnutlsLibrary, gnutlsLibrary, type OutPointer } from './gnutls-library.ts';
import { type X509Library, x509Library } from './gnutls-x509-library.ts';
import type { Pointer } from './koffi.ts';
import type { Credentials, SessionRole } from './secure-session.ts';

/** GNUTLS_CRD_CERTIFICATE */
const TYPE_CERTIFICATE = 1;
const FORMAT_PEM = 1;
/** GNUTLS_PKCS_PLAIN: the key is not encrypted, so nobody is asked for a password. */
const PKCS_PLAIN = 1;
/** GNUTLS_CERT_REQUIRE */
const REQUIRE = 2;
const KEY_MISMATCH = -60;
const POINTER_BYTES = 8;
/** Offset of `size` in gnutls_datum_t, behind the pointer. */
const DATUM_SIZE_AT = 8;

/** One PEM text and what a message calls it: its path. */
export interface Pem {
  readonly name: string;
  readonly text: Buffer;
}

/** What an end needs to authenticate by certificate. */
export interface CertificatePems {
  /** Trusted CAs; no others are. */
  readonly ca: Pem;
  /** Our certificate, then its chain. */
  readonly cert: Pem;
  /** Its private key, not encrypted. */
  readonly key: Pem;
  /** What the CAs have revoked. */
  readonly crl?: Pem;
}

/**
 * Credentials of one end with certificates. GnuTLS copies everything. The peer must have a certificate, and chain,
 * times and revocation are verified against the given CAs alone: no host name and no purpose, because a cluster
 * often gives each node one certificate for both directions. (tls.md 2.3)
 *
 * @throws AgentError CERTIFICATES_INVALID with the name of what is wrong; GNUTLS_MISSING, GNUTLS_FAILED
 */
export function certificateCredentials(role: SessionRole, pems: CertificatePems): Credentials {
  const library = gnutlsLibrary();
  const x509 = x509Library();
  const handle = allocate(library, x509.gnutls_certificate_allocate_credentials);
  try {
    load({ library, x509, handle }, pems);
  } catch (thrown) {
    x509.gnutls_certificate_free_credentials(handle);
    throw thrown;
  }
  x509.gnutls_certificate_set_known_dh_params(handle, LEVEL_MEDIUM);
  const certificates = handlingFor(role, library, x509);
  const free = x509.gnutls_certificate_free_credentials;
  return new GnutlsCredentials(handle, { role, type: TYPE_CERTIFICATE, certificates, free });
}

/** When the first of the lists in a PEM text is to be replaced, in seconds since 1970; `undefined` if none says. */
export function nextUpdateOf(crl: Pem): number | undefined {
  const library = gnutlsLibrary();
  const x509 = x509Library();
  const out: OutPointer = [null];
  const count: [number] = [0];
  const code = x509.gnutls_x509_crl_list_import2(out, count, datumOf(crl.text), FORMAT_PEM, 0);
  if (code < 0 || out[0] === null) {
    return undefined;
  }
  const array = out[0];
  const times: number[] = [];
  for (let index = 0; index < count[0]; index += 1) {
    const list = library.koffi.decode(array, index * POINTER_BYTES, 'void *') as Pointer;
    times.push(Number(x509.gnutls_x509_crl_get_next_update(list)));
    x509.gnutls_x509_crl_deinit(list);
  }
  library.free(array);
  const told = times.filter((seconds) => seconds >= 0);
  return told.length === 0 ? undefined : Math.min(...told);
}

interface Loading {
  readonly library: GnutlsLibrary;
  readonly x509: X509Library;
  readonly handle: Pointer;
}

function load({ library, x509, handle }: Loading, { ca, cert, key, crl }: CertificatePems): void {
  const why = (code: number): string => (code < 0 ? ` (${library.gnutls_strerror(code)})` : '');
  const authorities = x509.gnutls_certificate_set_x509_trust_mem(handle, datumOf(ca.text), FORMAT_PEM);
  if (authorities <= 0) {
    throw invalid(`Expected certificates of CAs as PEM in ${ca.name}, got none${why(authorities)}`);
  }
  if (crl !== undefined) {
    const lists = x509.gnutls_certificate_set_x509_crl_mem(handle, datumOf(crl.text), FORMAT_PEM);
    if (lists <= 0) {
      throw invalid(`Expected revocation lists as PEM in ${crl.name}, got none${why(lists)}`);
    }
  }
  expectBlock(cert, /-----BEGIN (X509 |TRUSTED )?CERTIFICATE-----/, 'a certificate');
  expectBlock(key, /-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----/, 'a private key');
  if (/-----BEGIN ENCRYPTED |^Proc-Type:.*ENCRYPTED/m.test(key.text.toString('latin1'))) {
    throw invalid(`Expected a private key that is not encrypted in ${key.name}, got an encrypted one`);
  }
  const pair = [datumOf(cert.text), datumOf(key.text)] as const;
  const code = x509.gnutls_certificate_set_x509_key_mem2(handle, ...pair, FORMAT_PEM, null, PKCS_PLAIN);
  if (code === KEY_MISMATCH) {
    throw invalid(
      `Expected the private key of ${cert.name} in ${key.name}, got the key of another certificate`,
    );
  }
  if (code < 0) {
    throw invalid(`GnuTLS takes ${cert.name} and ${key.name} not as certificate and private key${why(code)}`);
  }
}

function expectBlock(pem: Pem, begin: RegExp, what: string): void {
  if (!begin.test(pem.text.toString('latin1'))) {
    throw invalid(`Expected ${what} as PEM in ${pem.name}, got something else`);
  }
}

function handlingFor(role: SessionRole, library: GnutlsLibrary, x509: X509Library): CertificateHandling {
  return {
    prepare: (session) => {
      if (role === 'server') {
        x509.gnutls_certificate_server_set_request(session, REQUIRE);
      }
      x509.gnutls_session_set_verify_cert(session, null, 0);
    },
    complaints: (session) => statusWords(x509.gnutls_session_get_verify_cert_status(session)),
    peer: (session) => {
      const count: [number] = [0];
      const first = x509.gnutls_certificate_get_peers(session, count);
      if (first === null || count[0] === 0) {
        return undefined;
      }
      const data = library.koffi.decode(first, 'void *') as Pointer;
      const der = Buffer.alloc(Number(library.koffi.decode(first, DATUM_SIZE_AT, 'unsigned int')));
      library.memcpy(der, data, der.length);
      return der;
    },
  };
}

function datumOf(text: Buffer): Datum {
  return { data: text, size: text.length };
}

function invalid(message: string): AgentError {
  return new AgentError('CERTIFICATES_INVALID', message, { labels: ['fatal', 'config'] });
}
