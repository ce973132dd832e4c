import type { Secret } from '../errors/secret.ts';

/** Which end of the connection a session is. */
export type SessionRole = 'server' | 'client';

/** Why a server gives no key for an identity. */
export type PskRefusal = 'identity' | 'no-key';

/** Finds the key of an identity while a handshake waits. Must not throw and must not close the session. */
export type PskLookup = (identity: string) => Secret | PskRefusal;

/**
 * What went wrong, in one word that the rooms above can decide on:
 * `ended` the peer went away without saying so; `key` it has another key; `identity` it has another name; `no-key`
 * we have none; `certificate` its certificate does not verify; `no-certificate` it sent none; `mode` it wants
 * certificates and we a key, or the reverse; `not-tls` it does not speak TLS; `alert` it refused us; `tls` anything
 * else.
 */
export type FailureKind =
  | 'ended'
  | 'key'
  | 'identity'
  | 'no-key'
  | 'certificate'
  | 'no-certificate'
  | 'mode'
  | 'not-tls'
  | 'alert'
  | 'tls';

/** The end of a session that was not asked for. */
export interface SessionFailure {
  readonly kind: FailureKind;
  /** The number that the library gave. */
  readonly code: number;
  /** A sentence for a person. Never a secret. */
  readonly message: string;
}

/**
 * One TLS session over memory: received bytes are fed in, bytes to send are taken out, and no call waits. This is all
 * that the rooms above know of TLS, so that another library can take the place of GnuTLS.
 */
export interface SecureSession {
  /** Version, key exchange and cipher, once the handshake is done. */
  readonly description: string;
  /** Of a server: the name of the key that it gave out for the peer. */
  readonly keyName: string | undefined;
  /** The peer's certificate as DER, once it was received; without certificates `undefined`. */
  readonly peerCertificate: Buffer | undefined;
  /** Adds received ciphertext; the Buffer must not be changed afterwards. */
  feed(ciphertext: Buffer): void;
  /** Nothing more will be received. */
  feedEnd(): void;
  /** Ciphertext to send, oldest first. */
  takeOutput(): Buffer[];
  /** Goes on with the handshake; `again` until more is fed. */
  handshake(): 'done' | 'again' | SessionFailure;
  /** The next piece of plaintext, `again` until more is fed, `end` when the peer said goodbye. */
  read(): Buffer | 'again' | 'end' | SessionFailure;
  /** Encrypts into as few records as can be; never puts two calls into one record. */
  write(plaintext: Buffer): SessionFailure | undefined;
  /** Tells the peer of a failure, where TLS has an alert for it. */
  alert(failure: SessionFailure): void;
  /** Says goodbye; does not wait for the answer. */
  bye(): void;
  /** Gives the memory back. Every later call does nothing. */
  free(): void;
}

/** How an end proves who it is. Made once, used by many sessions. */
export interface Credentials {
  readonly role: SessionRole;
  /** Gives the memory back, at once or when the last session that uses it is freed. */
  release(): void;
}
