import { AgentError, messageOf } from '../errors/agent-error.ts';
import { type Koffi, koffi, type Pointer } from './koffi.ts';

const SONAME = 'libgnutls.so.30';
/** The first version with pre-shared keys in TLS 1.3. */
const OLDEST = '3.6.5';

/** Where a C function stores a pointer that it made. */
export type OutPointer = [Pointer | null];

/** `gnutls_datum_t`, as koffi takes it. */
export interface Datum {
  readonly data: Buffer;
  readonly size: number;
}

export type LibraryHandle = ReturnType<Koffi['load']>;
export type DatumType = ReturnType<Koffi['pointer']>;

/** The functions of GnuTLS and libc that are used, by their own names (tls.md 3.2). Only this room calls them. */
export interface GnutlsLibrary {
  readonly koffi: Koffi;
  /** The opened library, for what only certificates need: `gnutls-x509-library.ts`. */
  readonly opened: LibraryHandle;
  /** The koffi type of a pointer to `gnutls_datum_t`. */
  readonly datum: DatumType;
  gnutls_check_version(wanted: string): string | null;
  gnutls_init(session: OutPointer, flags: number): number;
  gnutls_deinit(session: Pointer): void;
  gnutls_priority_init(priority: OutPointer, text: Buffer, errorAt: OutPointer): number;
  gnutls_priority_set(session: Pointer, priority: Pointer): number;
  gnutls_credentials_set(session: Pointer, type: number, credentials: Pointer): number;
  gnutls_psk_allocate_server_credentials(credentials: OutPointer): number;
  gnutls_psk_set_server_credentials_function(credentials: Pointer, callback: Pointer): void;
  gnutls_psk_set_server_known_dh_params(credentials: Pointer, level: number): number;
  gnutls_psk_free_server_credentials(credentials: Pointer): void;
  gnutls_psk_allocate_client_credentials(credentials: OutPointer): number;
  gnutls_psk_set_client_credentials(
    credentials: Pointer,
    identity: string,
    key: Datum,
    format: number,
  ): number;
  gnutls_psk_free_client_credentials(credentials: Pointer): void;
  gnutls_transport_set_ptr(session: Pointer, id: number): void;
  gnutls_transport_get_ptr(session: Pointer): number;
  gnutls_transport_set_pull_function(session: Pointer, callback: Pointer): void;
  gnutls_transport_set_push_function(session: Pointer, callback: Pointer): void;
  gnutls_transport_set_errno(session: Pointer, errno: number): void;
  gnutls_handshake(session: Pointer): number;
  gnutls_record_recv(session: Pointer, into: Buffer, bytes: number): number;
  gnutls_record_send(session: Pointer, from: Buffer, bytes: number): number;
  gnutls_bye(session: Pointer, how: number): number;
  gnutls_alert_send_appropriate(session: Pointer, error: number): number;
  gnutls_alert_get(session: Pointer): number;
  gnutls_alert_get_name(alert: number): string | null;
  gnutls_error_is_fatal(error: number): number;
  gnutls_strerror(error: number): string;
  gnutls_session_get_desc(session: Pointer): Pointer | null;
  /** libc memcpy; either side may be native memory or a Buffer. */
  memcpy(to: Pointer | Buffer, from: Pointer | Buffer, bytes: number): unknown;
  /** Memory that GnuTLS will free. */
  malloc(bytes: number): Pointer | null;
  /** Frees what GnuTLS allocated. */
  free(memory: Pointer): void;
}

let shared: GnutlsLibrary | undefined;

/**
 * The system's GnuTLS, loaded at first use and then kept.
 *
 * @throws AgentError GNUTLS_MISSING
 */
export function gnutlsLibrary(): GnutlsLibrary {
  shared ??= openGnutls(SONAME);
  return shared;
}

/**
 * Loads a GnuTLS by path or soname.
 *
 * @throws AgentError GNUTLS_MISSING when it is not there, lacks a function or is older than 3.6.5.
 */
export function openGnutls(path: string): GnutlsLibrary {
  let library: GnutlsLibrary;
  try {
    library = bind(koffi(), path);
  } catch (thrown) {
    throw missing(`Cannot load ${path} (${messageOf(thrown)})`, thrown);
  }
  // Global initialisation happens in the library's constructor; there is no gnutls_global_init to call.
  if (library.gnutls_check_version(OLDEST) === null) {
    throw missing(`${path} is older than ${OLDEST}`);
  }
  return library;
}

function missing(what: string, cause?: unknown): AgentError {
  const packages =
    'libgnutls30 (Debian 12, Ubuntu, SUSE), libgnutls30t64 (Debian 13) or gnutls (RHEL, Alpine)';
  return new AgentError('GNUTLS_MISSING', `${what}; install the package ${packages}`, {
    labels: ['fatal', 'config'],
    cause,
  });
}

function bind(api: Koffi, path: string): GnutlsLibrary {
  const library = api.load(path);
  const datum = api.pointer(api.struct({ data: 'void *', size: 'unsigned int' }));
  const c = (definition: string) => library.func(definition);
  // The allocator is a pair of variables that hold function pointers.
  const malloc = api.decode(library.symbol('gnutls_malloc'), 'void *');
  const free = api.decode(library.symbol('gnutls_free'), 'void *');
  const mallocType = api.proto('void *', ['size_t']);
  const freeType = api.proto('void', ['void *']);
  return {
    koffi: api,
    opened: library,
    datum,
    gnutls_check_version: c('const char *gnutls_check_version(const char *wanted)'),
    gnutls_init: c('int gnutls_init(_Out_ void **session, unsigned int flags)'),
    gnutls_deinit: c('void gnutls_deinit(void *session)'),
    gnutls_priority_init: c('int gnutls_priority_init(_Out_ void **priority, void *text, _Out_ void **at)'),
    gnutls_priority_set: c('int gnutls_priority_set(void *session, void *priority)'),
    gnutls_credentials_set: c('int gnutls_credentials_set(void *session, int type, void *credentials)'),
    gnutls_psk_allocate_server_credentials: c(
      'int gnutls_psk_allocate_server_credentials(_Out_ void **made)',
    ),
    gnutls_psk_set_server_credentials_function: c(
      'void gnutls_psk_set_server_credentials_function(void *credentials, void *callback)',
    ),
    gnutls_psk_set_server_known_dh_params: c(
      'int gnutls_psk_set_server_known_dh_params(void *credentials, int level)',
    ),
    gnutls_psk_free_server_credentials: c('void gnutls_psk_free_server_credentials(void *credentials)'),
    gnutls_psk_allocate_client_credentials: c(
      'int gnutls_psk_allocate_client_credentials(_Out_ void **made)',
    ),
    gnutls_psk_set_client_credentials: library.func('gnutls_psk_set_client_credentials', 'int', [
      'void *',
      'str',
      datum,
      'int',
    ]),
    gnutls_psk_free_client_credentials: c('void gnutls_psk_free_client_credentials(void *credentials)'),
    // A pointer for GnuTLS, but a plain number for us: the session's place in our table.
    gnutls_transport_set_ptr: c('void gnutls_transport_set_ptr(void *session, intptr_t id)'),
    gnutls_transport_get_ptr: c('intptr_t gnutls_transport_get_ptr(void *session)'),
    gnutls_transport_set_pull_function: c('void gnutls_transport_set_pull_function(void *session, void *cb)'),
    gnutls_transport_set_push_function: c('void gnutls_transport_set_push_function(void *session, void *cb)'),
    gnutls_transport_set_errno: c('void gnutls_transport_set_errno(void *session, int errno)'),
    gnutls_handshake: c('int gnutls_handshake(void *session)'),
    gnutls_record_recv: c('long gnutls_record_recv(void *session, void *into, size_t bytes)'),
    gnutls_record_send: c('long gnutls_record_send(void *session, void *from, size_t bytes)'),
    gnutls_bye: c('int gnutls_bye(void *session, int how)'),
    gnutls_alert_send_appropriate: c('int gnutls_alert_send_appropriate(void *session, int error)'),
    gnutls_alert_get: c('int gnutls_alert_get(void *session)'),
    gnutls_alert_get_name: c('const char *gnutls_alert_get_name(int alert)'),
    gnutls_error_is_fatal: c('int gnutls_error_is_fatal(int error)'),
    gnutls_strerror: c('const char *gnutls_strerror(int error)'),
    gnutls_session_get_desc: c('void *gnutls_session_get_desc(void *session)'),
    memcpy: api.load(null).func('void *memcpy(void *to, void *from, size_t bytes)'),
    malloc: (bytes) => api.call(malloc, mallocType, bytes) as Pointer | null,
    free: (memory) => api.call(free, freeType, memory),
  };
}
