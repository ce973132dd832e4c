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
  NO_CERTIFICATE_FOUND: -49,
  INTERRUPTED: -52,
  ILLEGAL_PARAMETER: -55,
  INTERNAL: -59,
  NO_CIPHER_SUITES: -87,
  PREMATURE_TERMINATION: -110,
  CERTIFICATE_REQUIRED: -112,
  CERTIFICATE_VERIFICATION: -348,
  RECORD_OVERFLOW: -417,
} as const;

/** The alert of a GnuTLS client that has no certificate where TLS 1.3 wants one. */
const ALERT_HANDSHAKE_FAILURE = 40;

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
  /** We authenticate by certificate; says why the peer's does not verify. */
  readonly complaints: (() => string) | undefined;
}

const WANTS_KEY =
  'The authentication modes differ, it seems: the peer cannot use certificates, it may be set to a pre-shared key';

const TEXTS: Record<Exclude<FailureKind, 'alert' | 'tls'>, string> = {
  ended: 'The peer closed the connection without saying goodbye',
  key: 'The peer proved to have another key; compare the key files of both ends',
  identity: 'The peer gave another identity than the one expected',
  'no-key': 'There is no usable key here, so no peer can be authenticated',
  certificate: "The peer's certificate does not verify",
  'no-certificate':
    'The peer has sent no certificate; it may have none of a CA of ours, or be set to a pre-shared key',
  mode: 'The authentication modes differ: the peer offers no pre-shared key, it may be set to certificates',
  'not-tls': 'The peer does not speak TLS',
};

/** Puts a negative result of GnuTLS into a word and a sentence. */
export function failureOf(
  library: GnutlsLibrary,
  session: Pointer,
  code: number,
  facts: HandshakeFacts,
): SessionFailure {
  const alert = code === GNUTLS_E.FATAL_ALERT_RECEIVED ? library.gnutls_alert_get(session) : undefined;
  if (facts.complaints !== undefined && wantsKey(code, alert)) {
    return { kind: 'mode', code, message: `${WANTS_KEY} (GnuTLS ${code})` };
  }
  const kind = kindOf(code, facts);
  switch (kind) {
    case 'alert': {
      const name = library.gnutls_alert_get_name(alert ?? 0) ?? 'unknown';
      return { kind, code, message: `The peer sent the fatal alert "${name}"` };
    }
    case 'certificate':
      return { kind, code, message: `${TEXTS.certificate}: ${facts.complaints?.() ?? 'unknown'}` };
    case 'tls':
      return { kind, code, message: `TLS failed: ${library.gnutls_strerror(code)} (GnuTLS ${code})` };
    default:
      return { kind, code, message: `${TEXTS[kind]} (GnuTLS ${code})` };
  }
}

/** How a peer with a key fails where certificates are wanted: TLS 1.2 finds no suite, TLS 1.3 leaves it to the peer. */
function wantsKey(code: number, alert: number | undefined): boolean {
  return code === GNUTLS_E.NO_CIPHER_SUITES || alert === ALERT_HANDSHAKE_FAILURE;
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
    case GNUTLS_E.CERTIFICATE_VERIFICATION:
      return 'certificate';
    case GNUTLS_E.NO_CERTIFICATE_FOUND:
    case GNUTLS_E.CERTIFICATE_REQUIRED:
      return 'no-certificate';
    default:
      return NOT_TLS.includes(code) ? 'not-tls' : 'tls';
  }
}
