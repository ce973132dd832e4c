import { connect as connectSocket, type Socket } from 'node:net';
import { AgentError, messageOf } from '../errors/agent-error.ts';
import type { Secret } from '../errors/secret.ts';
import { openSession } from '../native/gnutls.ts';
import { pskClientCredentials } from '../native/gnutls-credentials.ts';
import { priorities as checkPriorities } from '../native/gnutls-priorities.ts';
import { type Clock, systemClock } from '../observe/clock.ts';
import { peerName } from './peer-name.ts';
import { DEFAULT_PRIORITIES, PSK_IDENTITY, pskPriorities } from './priorities.ts';
import type { SecureConnection } from './secure-connection.ts';
import type { SessionEnd } from './session-end.ts';
import { TlsSession } from './tls-session.ts';

export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  readonly key: Secret;
  /** Default `lrmd`, the only one that servers take. */
  readonly identity?: string;
  /** Base of the GnuTLS priority string, default `NORMAL`; the PSK part is added. */
  readonly priorities?: string;
  readonly signal?: AbortSignal;
  /** For TCP and TLS together, default 10,000. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

/**
 * Connects to a Pacemaker Remote daemon with a pre-shared key.
 *
 * @throws AgentError CONNECT_FAILED, TLS_HANDSHAKE_FAILED, TLS_HANDSHAKE_TIMEOUT, ABORTED, TLS_PRIORITIES_INVALID,
 *   GNUTLS_MISSING
 */
export async function connect(options: ConnectOptions): Promise<SecureConnection> {
  const { host, port, signal, timeoutMs = 10_000, clock = systemClock } = options;
  const where = peerName(host, port);
  const startMs = clock.nowMs();
  // Here and not in the session, so that a mistake in it is told before anybody is bothered.
  checkPriorities(pskPriorities(options.priorities ?? DEFAULT_PRIORITIES));
  if (signal?.aborted) {
    throw aborted(signal, where);
  }
  const socket = connectSocket({ host, port, noDelay: true, allowHalfOpen: true });
  await connected(socket, { where, timeoutMs, clock, signal });
  if (signal?.aborted) {
    socket.destroy();
    throw aborted(signal, where);
  }
  const leftMs = Math.max(1, timeoutMs - (clock.nowMs() - startMs));
  return await shaken(socket, { ...options, clock, where, leftMs });
}

interface TcpWait {
  readonly where: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

function connected(socket: Socket, wait: TcpWait): Promise<void> {
  const { where, timeoutMs, clock, signal } = wait;
  return new Promise((resolve, reject) => {
    const settle = (error?: AgentError): void => {
      timer.cancel();
      signal?.removeEventListener('abort', onAbort);
      if (error === undefined) {
        resolve();
      } else {
        socket.destroy();
        reject(error);
      }
    };
    const onConnect = (): void => settle();
    const onError = (error: Error): void =>
      settle(connectFailed(`Cannot connect to ${where}: ${messageOf(error)}`, error));
    const onAbort = (): void => settle(aborted(signal, where));
    const timer = clock.setTimer(timeoutMs, () =>
      settle(connectFailed(`Cannot connect to ${where} within ${timeoutMs} ms`)),
    );
    socket.once('connect', onConnect);
    // Stays for good, so that a late error of a dying socket always has somebody to go to.
    socket.on('error', onError);
    signal?.addEventListener('abort', onAbort);
  });
}

interface TlsWait extends ConnectOptions {
  readonly where: string;
  readonly clock: Clock;
  readonly leftMs: number;
}

function shaken(socket: Socket, wait: TlsWait): Promise<SecureConnection> {
  const { where, clock, leftMs, signal, key, identity = PSK_IDENTITY } = wait;
  if (socket.destroyed) {
    return Promise.reject(connectFailed(`The connection to ${where} was lost at once`));
  }
  return new Promise((resolve, reject) => {
    const onAbort = (): void => session.close('aborted');
    const settled = (): void => signal?.removeEventListener('abort', onAbort);
    const session = new TlsSession({
      socket,
      peer: peerName(socket.remoteAddress, socket.remotePort),
      clock,
      handshakeTimeoutMs: leftMs,
      open: () => {
        const credentials = pskClientCredentials(identity, key);
        try {
          return openSession({
            credentials,
            priorities: pskPriorities(wait.priorities ?? DEFAULT_PRIORITIES),
          });
        } finally {
          // The session keeps them as long as it lives.
          credentials.release();
        }
      },
      hooks: {
        opened: (connection) => {
          settled();
          resolve(connection);
        },
        refused: (end) => {
          settled();
          reject(signal?.aborted ? aborted(signal, where) : handshakeFailed(where, end));
        },
        closed: () => undefined,
      },
    });
    signal?.addEventListener('abort', onAbort);
    session.begin();
  });
}

function aborted(signal: AbortSignal | undefined, where: string): AgentError {
  return new AgentError('ABORTED', `The connection to ${where} was given up`, { cause: signal?.reason });
}

function connectFailed(message: string, cause?: Error): AgentError {
  return new AgentError('CONNECT_FAILED', message, { labels: ['retryable'], cause });
}

function handshakeFailed(where: string, end: SessionEnd): AgentError {
  if (end.word === 'timeout') {
    return new AgentError('TLS_HANDSHAKE_TIMEOUT', `The handshake with ${where} failed: ${end.message}`, {
      labels: ['retryable', 'peer-fault'],
    });
  }
  const code = end.failure === undefined ? {} : { gnutls: end.failure.code };
  return new AgentError('TLS_HANDSHAKE_FAILED', `The handshake with ${where} failed: ${end.message}`, {
    labels: ['peer-fault'],
    details: { reason: end.failure?.kind ?? end.word, ...code },
  });
}
