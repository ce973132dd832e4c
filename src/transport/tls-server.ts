import { once } from 'node:events';
import type { Socket } from 'node:net';
import { descriptorOf, setUserTimeout } from '../native/libc.ts';
import type { SecureSession } from '../native/secure-session.ts';
import { type Clock, systemClock } from '../observe/clock.ts';
import { emit } from '../observe/events.ts';
import type { Authentication } from './authentication.ts';
import { bindListeners, type Listener } from './listener.ts';
import { peerName } from './peer-name.ts';
import { PendingPeers } from './pending-peers.ts';
import type { SecureConnection } from './secure-connection.ts';
import { type SessionEnd, SILENT_END } from './session-end.ts';
import { TlsSession } from './tls-session.ts';

export interface ListenOptions {
  /** Names or addresses, all of which are listened on; default: all addresses, IPv6 and IPv4. */
  readonly hosts?: readonly string[];
  /** 0 lets the kernel choose. */
  readonly port: number;
  /** Who is let in; the server releases it when it stops, or when it can't start. */
  readonly authentication: Authentication;
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
  /** Where it listens; one port on all of them. */
  readonly addresses: readonly string[];
  readonly port: number;
  /** Handshakes under way, and authenticated connections. */
  counts(): { readonly pending: number; readonly open: number };
  /** Closes the listener and the handshakes under way. Open connections stay with their owner. */
  stop(): Promise<void>;
  /** Resolves when no socket is left: what was to be sent was sent, or given up. */
  drained(): Promise<void>;
}

/**
 * Listens for Pacemaker Remote controllers.
 *
 * @throws AgentError LISTEN_FAILED
 * @example
 * const authentication = new KeyAuthentication({ key: new AuthKey() });
 * const server = await listen({ port: 3121, authentication, onConnection: (peer) => peer.close('bye') });
 */
export async function listen(options: ListenOptions): Promise<TlsServer> {
  const server = new Server(options);
  const { hosts = [], port, backlog = 511 } = options;
  try {
    const accept = (socket: Socket): void => server.accept(socket);
    return server.started(await bindListeners({ hosts, port, backlog, accept }));
  } catch (thrown) {
    // Somebody may have been accepted on the first of several addresses.
    await server.stop();
    throw thrown;
  }
}

class Server implements TlsServer {
  readonly #options: ListenOptions;
  readonly #clock: Clock;
  readonly #pending: PendingPeers<TlsSession>;
  readonly #sockets = new Set<Socket>();
  #open = 0;
  #listeners: readonly Listener[] = [];
  #stopping = false;

  constructor(options: ListenOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#pending = new PendingPeers(options.maxPending ?? 64);
  }

  started(listeners: readonly Listener[]): TlsServer {
    this.#listeners = listeners;
    return this;
  }

  get addresses(): readonly string[] {
    return this.#listeners.map(({ address }) => address);
  }

  get port(): number {
    return this.#listeners[0]?.port ?? 0;
  }

  counts(): { readonly pending: number; readonly open: number } {
    return { pending: this.#pending.size, open: this.#open };
  }

  async stop(): Promise<void> {
    if (this.#stopping) {
      return;
    }
    this.#stopping = true;
    for (const listener of this.#listeners) {
      listener.close();
    }
    for (const session of this.#pending.all()) {
      session.close('The server stops');
    }
    this.#options.authentication.release();
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
      open: () => this.#options.authentication.open(),
      hooks: {
        opened: (connection, secure) => this.#opened(session, connection, secure),
        refused: (end) => this.#refused(session, end),
        closed: (end) => this.#closed(session, end),
      },
    });
    this.#pending.add(session, this.#clock.nowMs());
  }

  #opened(session: TlsSession, connection: SecureConnection, secure: SecureSession): void {
    this.#pending.remove(session);
    this.#open += 1;
    const { peer, description } = connection;
    emit('tls.accepted', { peer, description, ...this.#options.authentication.describe(peer, secure) });
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
