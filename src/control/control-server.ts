import type { Socket } from 'node:net';
import { messageOf } from '../errors/agent-error.ts';
import { descriptorOf } from '../native/libc.ts';
import { peerCredentials } from '../native/peer-credentials.ts';
import type { Clock, Timer } from '../observe/clock.ts';
import { emit } from '../observe/events.ts';
import type { ControlApi } from './control-api.ts';
import { ControlSession } from './control-session.ts';
import { FrameCollector, frame } from './frames.ts';
import { IpcTransport } from './ipc-transport.ts';

/** So many may be connected; one more is closed at once. */
const MAX_CONNECTIONS = 64;
/** The rest of a message that has begun comes within this time. */
const MESSAGE_MS = 10_000;

interface Connection {
  readonly session: ControlSession;
  readonly frames: FrameCollector;
  late: Timer | undefined;
}

/** Those who are connected to the control socket. Loaded with the first one. */
export class ControlServer {
  readonly #api: ControlApi;
  readonly #clock: Clock;
  readonly #transport: IpcTransport;
  readonly #connections = new Map<Socket, Connection>();

  constructor(api: ControlApi, clock: Clock) {
    this.#api = api;
    this.#clock = clock;
    this.#transport = new IpcTransport({
      onConnect: () => undefined,
      onData: (chunk, socket) => this.#receive(chunk, socket),
      onClose: (socket) => this.#closed(socket),
    });
  }

  /** Takes a connection, or closes it: the kernel says who it is. */
  receive(socket: Socket): void {
    if (socket.destroyed) {
      return;
    }
    const descriptor = descriptorOf(socket);
    const caller = descriptor === undefined ? undefined : peerCredentials(descriptor);
    if (caller === undefined || !isAllowed(caller.uid) || this.#connections.size >= MAX_CONNECTIONS) {
      const { pid, uid } = caller ?? {};
      const isFull = this.#connections.size >= MAX_CONNECTIONS;
      emit('control.refused', { pid, uid, ...(isFull ? { connections: MAX_CONNECTIONS } : {}) });
      socket.destroy();
      return;
    }
    const session = new ControlSession(this.#api, {
      name: `pid ${caller.pid}`,
      send: (message) => this.#transport.send(socket, frame(message)),
      get waitingBytes() {
        return socket.writableLength;
      },
      close: () => socket.destroySoon(),
    });
    this.#connections.set(socket, { session, frames: new FrameCollector(), late: undefined });
    this.#transport.take(socket);
  }

  close(): void {
    this.#transport.close();
    for (const socket of this.#connections.keys()) {
      this.#closed(socket);
    }
  }

  #receive(chunk: Buffer, socket: Socket): void {
    const connection = this.#connections.get(socket);
    if (connection === undefined) {
      return;
    }
    connection.late?.cancel();
    connection.late = undefined;
    try {
      for (const message of connection.frames.push(chunk)) {
        connection.session.receive(message);
      }
    } catch (error) {
      emit('control.invalid', { reason: messageOf(error) });
      socket.destroy();
      return;
    }
    if (connection.frames.isInside) {
      connection.late = this.#clock.setTimer(MESSAGE_MS, () => socket.destroy());
    }
  }

  #closed(socket: Socket): void {
    const connection = this.#connections.get(socket);
    connection?.late?.cancel();
    connection?.session.close();
    this.#connections.delete(socket);
  }
}

/** Root, and whoever the daemon runs as. */
const isAllowed = (uid: number): boolean => uid === 0 || uid === process.geteuid?.();
