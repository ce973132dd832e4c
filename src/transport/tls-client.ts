import { connect as connectSocket, type Socket } from 'node:net';
import { AgentError, messageOf } from '../errors/agent-error.ts';
import type { Secret } from '../errors/secret.ts';
import { openSession, type SessionOptions } from '../native/gnutls.ts';
import { pskClientCredentials } from '../native/gnutls-credentials.ts';
import { priorities as checkPriorities } from '../native/gnutls-priorities.ts';
import { type Clock, systemClock } from '../observe/clock.ts';
import type { CertificateSources } from './certificate-set.ts';
import { peerName } from './peer-name.ts';
import { DEFAULT_PRIORITIES, PSK_IDENTITY, pskPriorities } from './priorities.ts';
import type { SecureConnection } from './secure-connection.ts';
import type { SessionEnd } from './session-end.ts';
import { TlsSession } from './tls-session.ts';

export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  /** The pre-shared key; either this or certificates. */
  readonly key?: Secret;
  /** Goes with a key; default `lrmd`, the only one that servers take. */
  readonly identity?: string;
  /** Our certificate and whom we trust; either these or a key. */
  readonly certificates?: CertificateSources;
  /** Base of the GnuTLS priority string, default `NORMAL`; for a key the PSK part is added. */
  readonly priorities?: string;
  readonly signal?: AbortSignal;
  /** For TCP and TLS together, default 10,000. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

/**
 * Connects to a Pacemaker Remote daemon with a pre-shared key or with certificates. In TLS 1.3 a client is done before
 * the server has looked at its certificate: then a refusal comes as the end of the connection.
 *
 * @throws AgentError CONNECT_FAILED, TLS_HANDSHAKE_FAILED, TLS_HANDSHAKE_TIMEOUT, ABORTED, TLS_PRIORITIES_INVALID,
 *   CERTIFICATES_INVALID, CONFIG_INVALID, GNUTLS_MISSING
 */
export async function connect(options: ConnectOptions): Promise<SecureConnection> {
  const { host, port, signal } = options;
  const where = peerName(host, port);
  // Here and not in the session, so that a mistake in it is told before anybody is bothered.
  const proof = await proofOf(options);
  try {
    if (signal?.aborted) {
      throw aborted(signal, where);
    }
    return await connectWith(proof, options);
  } finally {
    // The session keeps them as long as it lives.
    proof.credentials.release();
  }
}

/** What the session is opened with. */
async function proofOf(options: ConnectOptions): Promise<SessionOptions> {
  const { key, certificates, identity = PSK_IDENTITY, priorities: base = DEFAULT_PRIORITIES } = options;
  if (key !== undefined && certificates === undefined) {
    const priorities = pskPriorities(base);
    checkPriorities(priorities);
    return { credentials: pskClientCredentials(identity, key), priorities };
  }
  if (certificates !== undefined && key === undefined) {
    checkPriorities(base);
    const { clientCertificates } = await import('./client-certificates.ts');
    return { credentials: clientCertificates(certificates), priorities: base };
  }
  const got = key === undefined ? 'neither' : 'both';
  throw new AgentError('CONFIG_INVALID', `Expected a key or certificates to connect with, got ${got}`, {
    labels: ['config'],
  });
}

async function connectWith(proof: SessionOptions, options: ConnectOptions): Promise<SecureConnection> {
  const { host, port, signal, timeoutMs = 10_000, clock = systemClock } = options;
  const where = peerName(host, port);
  const startMs = clock.nowMs();
  const socket = connectSocket({ host, port, noDelay: true, allowHalfOpen: true });
  await connected(socket, { where, timeoutMs, clock, signal });
  if (signal?.aborted) {
    socket.destroy();
    throw aborted(signal, where);
  }
  const leftMs = Math.max(1, timeoutMs - (clock.nowMs() - startMs));
  return await shaken(socket, { proof, clock, where, leftMs, signal });
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

interface TlsWait {
  readonly proof: SessionOptions;
  readonly where: string;
  readonly clock: Clock;
  readonly leftMs: number;
  readonly signal: AbortSignal | undefined;
}

function shaken(socket: Socket, wait: TlsWait): Promise<SecureConnection> {
  const { proof, where, clock, leftMs, signal } = wait;
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
      open: () => openSession(proof),
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
