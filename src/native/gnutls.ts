import { messageOf } from '../errors/agent-error.ts';
import { type CallbackTarget, callbacks, targets } from './gnutls-callbacks.ts';
import { failureOf, GNUTLS_E } from './gnutls-codes.ts';
import { checked, type GnutlsCredentials, pointerIn } from './gnutls-credentials.ts';
import { type GnutlsLibrary, gnutlsLibrary, type OutPointer } from './gnutls-library.ts';
import { priorities } from './gnutls-priorities.ts';
import type { Pointer } from './koffi.ts';
import { MemoryTransport } from './memory-transport.ts';
import type { Credentials, SecureSession, SessionFailure } from './secure-session.ts';

const FLAG_SERVER = 1;
const FLAG_CLIENT = 2;
/** GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL */
const FLAGS = 8 | 64;
/** GNUTLS_SHUT_WR: say goodbye, do not wait for the answer. */
const SHUT_WR = 1;
/** The most plaintext that a TLS record holds. */
export const MAX_RECORD_BYTES = 16_384;
/** Results that mean "call again" may follow each other this often before the session counts as stuck. */
const MAX_REPEATS = 10_000;
/** Not fatal for GnuTLS, and yet not to be answered by another call. Renegotiation we never do. */
const NOT_REPEATED: readonly number[] = [GNUTLS_E.AGAIN, GNUTLS_E.REHANDSHAKE, GNUTLS_E.GOT_APPLICATION_DATA];

/** All sessions read into this and copy out: one of them at a time is inside GnuTLS. */
const readBuffer = Buffer.allocUnsafeSlow(MAX_RECORD_BYTES);
let lastId = 0;

export interface SessionOptions {
  readonly credentials: Credentials;
  /** The whole GnuTLS priority string. */
  readonly priorities: string;
}

/** Sessions that hold memory of GnuTLS. Back to zero when all connections are gone. */
export function sessionCount(): number {
  return targets.size;
}

/**
 * Opens a session of the credentials' role.
 *
 * @throws AgentError GNUTLS_MISSING, GNUTLS_FAILED, TLS_PRIORITIES_INVALID
 */
export function openSession(options: SessionOptions): SecureSession {
  return new GnutlsSession(options);
}

class GnutlsSession implements SecureSession, CallbackTarget {
  readonly handle: Pointer;
  readonly transport = new MemoryTransport();
  readonly lookup: CallbackTarget['lookup'];
  keyGiven = false;
  keyName: string | undefined;
  refusal: CallbackTarget['refusal'];
  thrown: unknown;

  readonly #library: GnutlsLibrary = gnutlsLibrary();
  readonly #credentials: GnutlsCredentials;
  readonly #id: number;
  #inside = false;
  #freed = false;

  constructor(options: SessionOptions) {
    const library = this.#library;
    const priority = priorities(options.priorities);
    this.#credentials = options.credentials as GnutlsCredentials;
    this.lookup = this.#credentials.lookup;
    const out: OutPointer = [null];
    const role = this.#credentials.role === 'server' ? FLAG_SERVER : FLAG_CLIENT;
    checked(library, library.gnutls_init(out, FLAGS | role));
    this.handle = pointerIn(out);
    const credentials = this.#credentials.enter();
    lastId += 1;
    this.#id = lastId;
    targets.set(this.#id, this);
    try {
      checked(library, library.gnutls_priority_set(this.handle, priority));
      checked(library, library.gnutls_credentials_set(this.handle, this.#credentials.type, credentials));
      this.#credentials.certificates?.prepare(this.handle);
      library.gnutls_transport_set_ptr(this.handle, this.#id);
      library.gnutls_transport_set_pull_function(this.handle, callbacks().pull);
      library.gnutls_transport_set_push_function(this.handle, callbacks().push);
    } catch (thrown) {
      this.free();
      throw thrown;
    }
  }

  get description(): string {
    const text = this.#freed ? null : this.#library.gnutls_session_get_desc(this.handle);
    if (text === null) {
      return '';
    }
    const description = this.#library.koffi.decode.string(text);
    this.#library.free(text);
    return description;
  }

  get peerCertificate(): Buffer | undefined {
    return this.#freed ? undefined : this.#credentials.certificates?.peer(this.handle);
  }

  feed(ciphertext: Buffer): void {
    this.transport.feed(ciphertext);
  }

  feedEnd(): void {
    this.transport.feedEnd();
  }

  takeOutput(): Buffer[] {
    return this.transport.takeOutput();
  }

  handshake(): 'done' | 'again' | SessionFailure {
    const code = this.#call(() => this.#library.gnutls_handshake(this.handle));
    if (code !== GNUTLS_E.SUCCESS) {
      return this.#againOrFailure(code);
    }
    // Proved: what cannot be decrypted from now on is not a matter of keys.
    this.keyGiven = false;
    return 'done';
  }

  read(): Buffer | 'again' | 'end' | SessionFailure {
    const code = this.#call(() =>
      this.#library.gnutls_record_recv(this.handle, readBuffer, readBuffer.length),
    );
    if (code > 0) {
      return Buffer.from(readBuffer.subarray(0, code));
    }
    return code === 0 ? 'end' : this.#againOrFailure(code);
  }

  write(plaintext: Buffer): SessionFailure | undefined {
    let offset = 0;
    while (offset < plaintext.length) {
      const piece = plaintext.subarray(offset, offset + MAX_RECORD_BYTES);
      const code = this.#call(() => this.#library.gnutls_record_send(this.handle, piece, piece.length));
      if (code <= 0) {
        // "Again" cannot happen: our push takes everything. So whatever this is, the session is broken.
        return this.#failure(code === 0 ? GNUTLS_E.INTERNAL : code);
      }
      // A peer may have asked for smaller records; then GnuTLS takes less than it was given.
      offset += code;
    }
    return undefined;
  }

  alert(failure: SessionFailure): void {
    this.#call(() => this.#library.gnutls_alert_send_appropriate(this.handle, failure.code));
  }

  bye(): void {
    this.#call(() => this.#library.gnutls_bye(this.handle, SHUT_WR));
  }

  free(): void {
    // Freeing while a function of GnuTLS is on the stack would crash the process: then `#call` does it at its end.
    if (this.#freed) {
      return;
    }
    this.#freed = true;
    targets.delete(this.#id);
    if (!this.#inside) {
      this.#release();
    }
  }

  #release(): void {
    this.#library.gnutls_deinit(this.handle);
    this.#credentials.leave();
  }

  /** Runs one function of GnuTLS, again where the result says so. */
  #call(work: () => number): number {
    if (this.#freed || this.#inside) {
      return GNUTLS_E.INTERNAL;
    }
    this.#inside = true;
    try {
      return this.#repeat(work);
    } catch (thrown) {
      this.thrown ??= thrown;
      return GNUTLS_E.INTERNAL;
    } finally {
      this.#inside = false;
      if (this.#freed) {
        this.#release();
      }
    }
  }

  #repeat(work: () => number): number {
    for (let turn = 0; turn < MAX_REPEATS; turn += 1) {
      const code = Number(work());
      if (this.thrown !== undefined) {
        return GNUTLS_E.INTERNAL;
      }
      if (!this.#mayRepeat(code)) {
        return code;
      }
    }
    return GNUTLS_E.INTERNAL;
  }

  #mayRepeat(code: number): boolean {
    if (code === GNUTLS_E.AGAIN) {
      // It also says so after a message of its own, as a key update, and once for a FIN inside a record.
      return !this.transport.starved;
    }
    return code < 0 && !NOT_REPEATED.includes(code) && this.#library.gnutls_error_is_fatal(code) === 0;
  }

  #againOrFailure(code: number): 'again' | SessionFailure {
    return code === GNUTLS_E.AGAIN ? 'again' : this.#failure(code);
  }

  #failure(code: number): SessionFailure {
    if (this.#freed || this.thrown !== undefined) {
      const why = this.thrown === undefined ? 'the session is closed' : messageOf(this.thrown);
      return { kind: 'tls', code, message: `TLS failed inside the daemon: ${why}` };
    }
    const { keyGiven, refusal, transport } = this;
    const { certificates } = this.#credentials;
    const complaints = certificates && (() => certificates.complaints(this.handle));
    const facts = { keyGiven, refusal, inputEnded: transport.ended, complaints };
    return failureOf(this.#library, this.handle, code, facts);
  }
}
