import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import type { Secret } from '../errors/secret.ts';
import { openSession } from '../native/gnutls.ts';
import { pskServerCredentials } from '../native/gnutls-credentials.ts';
import { priorities as checkPriorities } from '../native/gnutls-priorities.ts';
import { descriptorOf, setUserTimeout } from '../native/libc.ts';
import type { Credentials } from '../native/secure-session.ts';
import { type Clock, systemClock } from '../observe/clock.ts';
import { emit } from '../observe/events.ts';
import { bindListener, type Listener } from './listener.ts';
import { peerName } from './peer-name.ts';
import { PendingPeers } from './pending-peers.ts';
import { DEFAULT_PRIORITIES, PSK_IDENTITY, pskPriorities } from './priorities.ts';
import type { SecureConnection } from './secure-connection.ts';
import { type SessionEnd, SILENT_END } from './session-end.ts';
import { TlsSession } from './tls-session.ts';

/** Where the server's key comes from; asked at each handshake. `AuthKey` is one. */
export interface KeySource {
  current(): Secret | undefined;
}

export interface ListenOptions {
  /** Name or address; default: all addresses, IPv6 and IPv4. */
  readonly host?: string;
  /** 0 lets the kernel choose. */
  readonly port: number;
  /** Base of the GnuTLS priority string, default `NORMAL`; the PSK part is added. */
  readonly priorities?: string;
  readonly key: KeySource;
  /** Default 10,000, as upstream. */
  readonly handshakeTimeoutMs?: number;
  /** Handshakes at a time before old ones make room, default 64. */
  readonly maxPending?: number;
  /** Connections that the kernel keeps for us, default 511. */
  readonly backlog?: number;
  /** TCP_USER_TIMEOUT of accepted sockets; default: the kernel's. */
  readonly userTimeoutMs?: number;
  readonly clock?: Clock;
  /** A peer was authenticated. Assign `onData` and `onClose` before returning. */
  readonly onConnection: (connection: SecureConnection) => void;
}

export interface TlsServer {
  address(): AddressInfo;
  /** Handshakes under way, and authenticated connections. */
  counts(): { readonly pending: number; readonly open: number };
  /** Closes the listener and the handshakes under way. Open connections stay with their owner. */
  stop(): Promise<void>;
  /** Resolves when no socket is left: what was to be sent was sent, or given up. */
  drained(): Promise<void>;
}

/**
 * Listens for Pacemaker Remote controllers with a pre-shared key.
 *
 * @throws AgentError LISTEN_FAILED, GNUTLS_MISSING, TLS_PRIORITIES_INVALID
 * @example
 * const server = await listen({ port: 3121, key: new AuthKey(), onConnection: (peer) => peer.close('bye') });
 */
export async function listen(options: ListenOptions): Promise<TlsServer> {
  const priorities = pskPriorities(options.priorities ?? DEFAULT_PRIORITIES);
  checkPriorities(priorities);
  const credentials = pskServerCredentials((identity) =>
    identity === PSK_IDENTITY ? (options.key.current() ?? 'no-key') : 'identity',
  );
  try {
    const server = new Server(options, priorities, credentials);
    const { host, port, backlog = 511 } = options;
    const listener = await bindListener({ host, port, backlog, accept: (socket) => server.accept(socket) });
    return server.started(listener);
  } catch (thrown) {
    credentials.release();
    throw thrown;
  }
}

class Server implements TlsServer {
  readonly #options: ListenOptions;
  readonly #priorities: string;
  readonly #credentials: Credentials;
  readonly #clock: Clock;
  readonly #pending: PendingPeers<TlsSession>;
  readonly #sockets = new Set<Socket>();
  #open = 0;
  #listener: Listener | undefined;
  #stopping = false;

  constructor(options: ListenOptions, priorities: string, credentials: Credentials) {
    this.#options = options;
    this.#priorities = priorities;
    this.#credentials = credentials;
    this.#clock = options.clock ?? systemClock;
    this.#pending = new PendingPeers(options.maxPending ?? 64);
  }

  started(listener: Listener): TlsServer {
    this.#listener = listener;
    return this;
  }

  address(): AddressInfo {
    return this.#listener?.address() ?? { address: '', family: '', port: 0 };
  }

  counts(): { readonly pending: number; readonly open: number } {
    return { pending: this.#pending.size, open: this.#open };
  }

  async stop(): Promise<void> {
    if (this.#stopping) {
      return;
    }
    this.#stopping = true;
    this.#listener?.close();
    for (const session of this.#pending.all()) {
      session.close('The server stops');
    }
    this.#credentials.release();
  }

  async drained(): Promise<void> {
    await Promise.all([...this.#sockets].map((socket) => once(socket, 'close')));
  }

  accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    this.#makeRoom();
    const descriptor = descriptorOf(socket);
    if (this.#options.userTimeoutMs !== undefined && descriptor !== undefined) {
      setUserTimeout(descriptor, this.#options.userTimeoutMs);
    }
    const peer = peerName(socket.remoteAddress, socket.remotePort);
    const session: TlsSession = new TlsSession({
      socket,
      peer,
      clock: this.#clock,
      handshakeTimeoutMs: this.#options.handshakeTimeoutMs ?? 10_000,
      // At the first byte only: a silent peer costs a socket and no session.
      open: () => openSession({ credentials: this.#credentials, priorities: this.#priorities }),
      hooks: {
        opened: (connection) => this.#opened(session, connection),
        refused: (end) => this.#refused(session, end),
        closed: (end) => this.#closed(session, end),
      },
    });
    this.#pending.add(session, this.#clock.nowMs());
  }

  #opened(session: TlsSession, connection: SecureConnection): void {
    this.#pending.remove(session);
    this.#open += 1;
    emit('tls.accepted', { peer: connection.peer, description: connection.description });
    this.#options.onConnection(connection);
  }

  #refused(session: TlsSession, end: SessionEnd): void {
    this.#pending.remove(session);
    if (end === SILENT_END) {
      emit('tls.probed', { peer: session.peer });
    } else if (!this.#stopping) {
      emit('tls.refused', { peer: session.peer, reason: end.word, detail: end.message });
    }
  }

  #closed(session: TlsSession, end: SessionEnd): void {
    this.#open -= 1;
    emit('tls.closed', { peer: session.peer, reason: end.message, clean: end.clean });
  }

  #makeRoom(): void {
    const message = 'Too many handshakes at a time; this one was the oldest';
    for (;;) {
      const victim = this.#pending.victim(this.#clock.nowMs());
      if (victim === undefined) {
        return;
      }
      victim.end({ word: 'too-many', message, clean: false });
    }
  }
}
