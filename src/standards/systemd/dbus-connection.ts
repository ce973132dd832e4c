import { connect, type Socket } from 'node:net';
import { createClient, type Message, type MessageBus, messageType } from 'dbus-native';
import { messageOf } from '../../errors/agent-error.ts';
import { socketOf } from './bus-address.ts';
import { busUnavailable, callFailed, UNEXPECTED_REPLY } from './failures.ts';
import type { Unsubscribe } from './manager.ts';
import { aborted } from './waiting.ts';

/** How long a call waits for its reply at most, in ms: what libdbus and sd-bus wait. */
const CALL_LIMIT_MS = 25_000;

/** A list of all units of a large machine is about 1 MB. */
const MESSAGE_LIMIT_BYTES = 16 * 1024 * 1024;

/** The bus itself, as a peer of its own. */
export const BUS = 'org.freedesktop.DBus';

/** What is called, and the type of its arguments. */
export interface Call {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly unknown[];
}

/** One connection to a bus. dbus-native is used here and nowhere else. */
export class DBusConnection {
  readonly #bus: MessageBus;
  readonly #onClosed = new Set<() => void>();
  #isClosed = false;

  private constructor(socket: Socket) {
    this.#bus = createClient({
      stream: socket,
      // Without it the library says Hello by itself and throws into the air when that isn't answered.
      direct: true,
      authMethods: ['EXTERNAL'],
      maxMessageSize: MESSAGE_LIMIT_BYTES,
      timeout: CALL_LIMIT_MS,
    });
    const { connection } = this.#bus;
    // A refused login or a malformed message; a broken socket closes by itself.
    connection.on('error', () => socket.destroy());
    connection.on('close', () => this.#closed());
  }

  /** @throws AgentError BUS_UNAVAILABLE, ABORTED */
  static async open(address: string, signal: AbortSignal): Promise<DBusConnection> {
    const connection = new DBusConnection(await dial(socketOf(address), signal));
    try {
      const hello = { destination: BUS, path: '/org/freedesktop/DBus', interface: BUS, member: 'Hello' };
      await connection.call(hello, signal);
      return connection;
    } catch (error) {
      connection.close();
      throw signal.aborted ? aborted() : busUnavailable(`The bus refused us: ${messageOf(error)}`, error);
    }
  }

  /**
   * Calls a method; gives the first value of the reply, undefined if it has none.
   * @throws AgentError BUS_CALL_FAILED, BUS_UNAVAILABLE, ABORTED
   */
  async call(call: Call, signal: AbortSignal): Promise<unknown> {
    const { body, ...rest } = call;
    try {
      return await this.#bus.invoke<unknown>({ ...rest, ...(body && { body: [...body] }) }, { signal });
    } catch (error) {
      throw signal.aborted ? aborted() : this.#failure(error, call);
    }
  }

  /** Tells every signal that arrives. */
  onSignal(listener: (message: Message) => void): void {
    this.#bus.connection.on('message', (message) => {
      if (message.type === messageType.signal) {
        listener(message);
      }
    });
  }

  /** Tells the end of the connection; at once if it has ended. */
  onClosed(listener: () => void): Unsubscribe {
    if (this.#isClosed) {
      queueMicrotask(listener);
    }
    this.#onClosed.add(listener);
    return () => this.#onClosed.delete(listener);
  }

  close(): void {
    this.#bus.connection.stream.destroy();
  }

  #closed(): void {
    this.#isClosed = true;
    for (const listener of [...this.#onClosed]) {
      listener();
    }
  }

  #failure(error: unknown, call: Call): Error {
    const { code, dbusName } = error as { readonly code?: string; readonly dbusName?: string };
    if (code === 'ECONNCLOSED' || this.#isClosed) {
      return busUnavailable(`The bus went during ${call.member}`, error);
    }
    // Without a name it could not even be sent.
    return callFailed(dbusName ?? 'InvalidCall', messageOf(error));
  }
}

/**
 * What came must be a text.
 * @throws AgentError BUS_CALL_FAILED
 */
export function expectText(value: unknown, what: string): string {
  if (typeof value !== 'string') {
    throw callFailed(
      UNEXPECTED_REPLY,
      `expected ${what}, got ${value === undefined ? 'nothing' : typeof value}`,
    );
  }
  return value;
}

function dial(path: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path, signal });
    const fail = (error: Error): void =>
      reject(signal.aborted ? aborted() : busUnavailable(`No bus at ${path}: ${error.message}`, error));
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.off('error', fail);
      resolve(socket);
    });
  });
}
