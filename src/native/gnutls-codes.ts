import type { GnutlsLibrary } from './gnutls-library.ts';
import type { Pointer } from './koffi.ts';
import type { FailureKind, PskRefusal, SessionFailure } from './secure-session.ts';

/** The results of GnuTLS that decide something (tls.md 3.4). */
export const GNUTLS_E = {
  SUCCESS: 0,
  UNSUPPORTED_VERSION_PACKET: -8,
  UNEXPECTED_PACKET_LENGTH: -9,
  FATAL_ALERT_RECEIVED: -12,
  UNEXPECTED_PACKET: -15,
  WARNING_ALERT_RECEIVED: -16,
  DECRYPTION_FAILED: -24,
  AGAIN: -28,
  CREDENTIALS: -31,
  INSUFFICIENT_CREDENTIALS: -32,
  REHANDSHAKE: -37,
  GOT_APPLICATION_DATA: -38,
  INTERRUPTED: -52,
  ILLEGAL_PARAMETER: -55,
  INTERNAL: -59,
  PREMATURE_TERMINATION: -110,
  RECORD_OVERFLOW: -417,
} as const;

const NOT_TLS: readonly number[] = [
  GNUTLS_E.UNSUPPORTED_VERSION_PACKET,
  GNUTLS_E.UNEXPECTED_PACKET_LENGTH,
  GNUTLS_E.UNEXPECTED_PACKET,
  GNUTLS_E.RECORD_OVERFLOW,
];

/** What our own callbacks know of a handshake beyond the code that came back. */
export interface HandshakeFacts {
  /** The server gave out a key, so what fails later is the proof of having it. */
  readonly keyGiven: boolean;
  readonly refusal: PskRefusal | undefined;
  /** All that will ever come has been read. */
  readonly inputEnded: boolean;
}

const TEXTS: Record<Exclude<FailureKind, 'alert' | 'tls'>, string> = {
  ended: 'The peer closed the connection without saying goodbye',
  key: 'The peer proved to have another key; compare the key files of both ends',
  identity: 'The peer gave another identity than the one expected',
  'no-key': 'There is no usable key here, so no peer can be authenticated',
  mode: 'The peer offers no pre-shared key; one end may be set to certificates',
  'not-tls': 'The peer does not speak TLS',
};

/** Puts a negative result of GnuTLS into a word and a sentence. */
export function failureOf(
  library: GnutlsLibrary,
  session: Pointer,
  code: number,
  facts: HandshakeFacts,
): SessionFailure {
  const kind = kindOf(code, facts);
  if (kind === 'alert') {
    const name = library.gnutls_alert_get_name(library.gnutls_alert_get(session)) ?? 'unknown';
    return { kind, code, message: `The peer sent the fatal alert "${name}"` };
  }
  const text = kind === 'tls' ? `TLS failed: ${library.gnutls_strerror(code)}` : TEXTS[kind];
  return { kind, code, message: `${text} (GnuTLS ${code})` };
}

function kindOf(code: number, facts: HandshakeFacts): FailureKind {
  if (facts.refusal !== undefined) {
    return facts.refusal;
  }
  // TLS 1.3: the binder does not verify. TLS 1.2: Finished cannot be decrypted.
  if (facts.keyGiven && (code === GNUTLS_E.ILLEGAL_PARAMETER || code === GNUTLS_E.DECRYPTION_FAILED)) {
    return 'key';
  }
  // A FIN in the middle of a record.
  if (facts.inputEnded && code === GNUTLS_E.UNEXPECTED_PACKET_LENGTH) {
    return 'ended';
  }
  switch (code) {
    case GNUTLS_E.PREMATURE_TERMINATION:
      return 'ended';
    case GNUTLS_E.FATAL_ALERT_RECEIVED:
      return 'alert';
    case GNUTLS_E.INSUFFICIENT_CREDENTIALS:
      return 'mode';
    default:
      return NOT_TLS.includes(code) ? 'not-tls' : 'tls';
  }
}
