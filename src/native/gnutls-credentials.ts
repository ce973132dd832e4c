import { AgentError } from '../errors/agent-error.ts';
import type { Secret } from '../errors/secret.ts';
import { callbacks } from './gnutls-callbacks.ts';
import { type GnutlsLibrary, gnutlsLibrary, type OutPointer } from './gnutls-library.ts';
import type { Pointer } from './koffi.ts';
import type { Credentials, PskLookup, SessionRole } from './secure-session.ts';

/** GNUTLS_CRD_PSK. */
const TYPE_PSK = 4;
/** GNUTLS_SEC_PARAM_MEDIUM: GnuTLS's own known parameters instead of 2048 bits made at each start. */
export const LEVEL_MEDIUM = 35;
const FORMAT_RAW = 0;

let held = 0;

/** Credentials that hold memory of GnuTLS. Replaced ones go with the last session that uses them. */
export function credentialCount(): number {
  return held;
}

/** What a session with certificates does beyond one with a key. An object, so that only such a session loads it. */
export interface CertificateHandling {
  /** Asks the peer for its certificate and verifies it. */
  prepare(session: Pointer): void;
  /** Why the peer's certificate does not verify, in words. */
  complaints(session: Pointer): string;
  /** The peer's certificate as DER. */
  peer(session: Pointer): Buffer | undefined;
}

interface CredentialTraits {
  readonly role: SessionRole;
  readonly type: number;
  readonly lookup?: PskLookup;
  readonly certificates?: CertificateHandling;
  readonly free: (handle: Pointer) => void;
}

/**
 * Credentials of GnuTLS. Sessions point to them from C, so they are freed when the owner has released them *and* the
 * last session is gone.
 */
export class GnutlsCredentials implements Credentials {
  readonly role: SessionRole;
  readonly type: number;
  readonly lookup: PskLookup | undefined;
  readonly certificates: CertificateHandling | undefined;
  readonly #free: (handle: Pointer) => void;
  #handle: Pointer | undefined;
  #users = 1;

  constructor(handle: Pointer, traits: CredentialTraits) {
    this.#handle = handle;
    this.role = traits.role;
    this.type = traits.type;
    this.lookup = traits.lookup;
    this.certificates = traits.certificates;
    this.#free = traits.free;
    held += 1;
  }

  /** The C object for one more session, which must call `leave` when it is freed. */
  enter(): Pointer {
    if (this.#handle === undefined) {
      throw new AgentError('GNUTLS_FAILED', 'Expected credentials in use, got released ones');
    }
    this.#users += 1;
    return this.#handle;
  }

  leave(): void {
    this.#users -= 1;
    if (this.#users === 0 && this.#handle !== undefined) {
      this.#free(this.#handle);
      this.#handle = undefined;
      held -= 1;
    }
  }

  #released = false;

  release(): void {
    if (!this.#released) {
      this.#released = true;
      this.leave();
    }
  }
}

/**
 * Credentials of a server with pre-shared keys; `lookup` is asked at each handshake.
 *
 * @throws AgentError GNUTLS_MISSING, GNUTLS_FAILED
 */
export function pskServerCredentials(lookup: PskLookup): Credentials {
  const library = gnutlsLibrary();
  const handle = allocate(library, library.gnutls_psk_allocate_server_credentials);
  library.gnutls_psk_set_server_credentials_function(handle, callbacks().psk);
  checked(library, library.gnutls_psk_set_server_known_dh_params(handle, LEVEL_MEDIUM));
  const free = library.gnutls_psk_free_server_credentials;
  return new GnutlsCredentials(handle, { role: 'server', type: TYPE_PSK, lookup, free });
}

/**
 * Credentials of a client with one identity and key. GnuTLS copies the key.
 *
 * @throws AgentError GNUTLS_MISSING, GNUTLS_FAILED
 */
export function pskClientCredentials(identity: string, key: Secret): Credentials {
  const library = gnutlsLibrary();
  const handle = allocate(library, library.gnutls_psk_allocate_client_credentials);
  const datum = { data: key.expose(), size: key.byteLength };
  checked(library, library.gnutls_psk_set_client_credentials(handle, identity, datum, FORMAT_RAW));
  const free = library.gnutls_psk_free_client_credentials;
  return new GnutlsCredentials(handle, { role: 'client', type: TYPE_PSK, free });
}

/** Throws GNUTLS_FAILED for a negative result of a call that should not fail. */
export function checked(library: GnutlsLibrary, code: number): void {
  if (code < 0) {
    throw new AgentError(
      'GNUTLS_FAILED',
      `A GnuTLS call failed: ${library.gnutls_strerror(code)} (${code})`,
      {
        details: { code },
      },
    );
  }
}

/** A new C object from one of GnuTLS's `…_allocate_…` functions. */
export function allocate(library: GnutlsLibrary, make: (out: OutPointer) => number): Pointer {
  const out: OutPointer = [null];
  checked(library, make(out));
  return pointerIn(out);
}

/** The pointer that a successful call has stored. */
export function pointerIn(out: OutPointer): Pointer {
  if (out[0] === null) {
    throw new AgentError('GNUTLS_FAILED', 'Expected a pointer from GnuTLS, got NULL');
  }
  return out[0];
}
