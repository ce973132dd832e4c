import type { Socket } from 'node:net';
import type { SecureSession } from '../native/secure-session.ts';
import type { Clock } from '../observe/clock.ts';
import type { SecureConnection } from './secure-connection.ts';
import type { SessionEnd } from './session-end.ts';

/** Of `opened` and `refused` exactly one is called, once; `closed` once after `opened`. */
export interface TlsSessionHooks {
  opened(connection: SecureConnection, session: SecureSession): void;
  refused(end: SessionEnd): void;
  closed(end: SessionEnd): void;
}

export interface TlsSessionOptions {
  /** A connected socket. */
  readonly socket: Socket;
  readonly peer: string;
  readonly clock: Clock;
  readonly handshakeTimeoutMs: number;
  /** Makes the session of the TLS library; called at the first byte, or at once by `begin`. */
  readonly open: () => SecureSession;
  readonly hooks: TlsSessionHooks;
}
