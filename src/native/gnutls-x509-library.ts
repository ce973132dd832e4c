import { type Datum, gnutlsLibrary, type OutPointer } from './gnutls-library.ts';
import type { Pointer } from './koffi.ts';

/** The functions of GnuTLS that only certificates need, by their own names (tls.md 3.2). */
export interface X509Library {
  gnutls_certificate_allocate_credentials(credentials: OutPointer): number;
  gnutls_certificate_free_credentials(credentials: Pointer): void;
  gnutls_certificate_set_known_dh_params(credentials: Pointer, level: number): number;
  gnutls_certificate_set_x509_trust_mem(credentials: Pointer, ca: Datum, format: number): number;
  gnutls_certificate_set_x509_crl_mem(credentials: Pointer, crl: Datum, format: number): number;
  gnutls_certificate_set_x509_key_mem2(
    credentials: Pointer,
    cert: Datum,
    key: Datum,
    format: number,
    password: null,
    flags: number,
  ): number;
  gnutls_certificate_server_set_request(session: Pointer, how: number): void;
  gnutls_session_set_verify_cert(session: Pointer, host: null, flags: number): void;
  gnutls_session_get_verify_cert_status(session: Pointer): number;
  /** An array of `gnutls_datum_t` that belongs to the session; the peer's own certificate is the first. */
  gnutls_certificate_get_peers(session: Pointer, count: [number]): Pointer | null;
  /** Makes an array of lists, to be freed one by one and as a whole. */
  gnutls_x509_crl_list_import2(
    lists: OutPointer,
    count: [number],
    pem: Datum,
    format: number,
    flags: number,
  ): number;
  /** Seconds since 1970; negative when the list names no time. */
  gnutls_x509_crl_get_next_update(list: Pointer): number;
  gnutls_x509_crl_deinit(list: Pointer): void;
}

let shared: X509Library | undefined;

/** Bound at first use: a daemon that authenticates by key never pays for it. */
export function x509Library(): X509Library {
  shared ??= bind();
  return shared;
}

function bind(): X509Library {
  const { opened, datum } = gnutlsLibrary();
  const c = (definition: string) => opened.func(definition);
  const fromMemory = (name: string) => opened.func(name, 'int', ['void *', datum, 'int']);
  return {
    gnutls_certificate_allocate_credentials: c(
      'int gnutls_certificate_allocate_credentials(_Out_ void **made)',
    ),
    gnutls_certificate_free_credentials: c('void gnutls_certificate_free_credentials(void *credentials)'),
    gnutls_certificate_set_known_dh_params: c(
      'int gnutls_certificate_set_known_dh_params(void *credentials, int level)',
    ),
    gnutls_certificate_set_x509_trust_mem: fromMemory('gnutls_certificate_set_x509_trust_mem'),
    gnutls_certificate_set_x509_crl_mem: fromMemory('gnutls_certificate_set_x509_crl_mem'),
    gnutls_certificate_set_x509_key_mem2: opened.func('gnutls_certificate_set_x509_key_mem2', 'int', [
      'void *',
      datum,
      datum,
      'int',
      'str',
      'unsigned int',
    ]),
    gnutls_certificate_server_set_request: c(
      'void gnutls_certificate_server_set_request(void *session, int how)',
    ),
    gnutls_session_set_verify_cert: c(
      'void gnutls_session_set_verify_cert(void *session, str host, unsigned int flags)',
    ),
    gnutls_session_get_verify_cert_status: c(
      'unsigned int gnutls_session_get_verify_cert_status(void *session)',
    ),
    gnutls_certificate_get_peers: c(
      'void *gnutls_certificate_get_peers(void *session, _Out_ unsigned int *count)',
    ),
    gnutls_x509_crl_list_import2: opened.func('gnutls_x509_crl_list_import2', 'int', [
      '_Out_ void **',
      '_Out_ unsigned int *',
      datum,
      'int',
      'unsigned int',
    ]),
    gnutls_x509_crl_get_next_update: c('long gnutls_x509_crl_get_next_update(void *list)'),
    gnutls_x509_crl_deinit: c('void gnutls_x509_crl_deinit(void *list)'),
  };
}
