import type { Socket } from 'node:net';
import { join } from 'node:path';
import { messageOf } from '../errors/agent-error.ts';
import { descriptorOf } from '../native/libc.ts';
import { peerCredentials } from '../native/peer-credentials.ts';
import { pageBytes } from '../native/shared-memory.ts';
import { emit } from '../observe/events.ts';
import { ClientRings } from './client-rings.ts';
import { type Admission, ClientConnection, type ConnectionHost, tellEnd } from './ipc-connection.ts';
import type { IpcServerOptions } from './ipc-server-options.ts';
import type { IpcHandlers, IpcService } from './ipc-types.ts';
import { RUN_PREFIX } from './leftovers.ts';
import {
  ALL_OUTPUT_CEILING_BYTES,
  BUFFER_CEILING_BYTES,
  BUFFER_FLOOR_BYTES,
  MAX_CONNECTIONS,
  MAX_CONNECTIONS_OF_OTHERS,
  MAX_PENDING,
  MAX_TOLD_STRANGERS,
  STRANGER_TOLD_MS,
} from './limits.ts';
import { permissionOf } from './permission.ts';
import type { FileOwner } from './ring-files.ts';
import { HEADER, ringBytes } from './ring-layout.ts';
import { RunDirectory } from './run-directory.ts';

/** Refusals, as negative errnos. */
const EIO = -5;
const EAGAIN = -11;
const EACCES = -13;
const RINGS = 3;

/** Whose crowds must not keep whom from asking. */
type Rank = keyof typeof MAX_PENDING;

/** A connection whose client was not let in yet. */
interface Pending {
  readonly rank: Rank;
  readonly owner: FileOwner | undefined;
  readonly service: IpcService;
}

/** All local clients of the daemon: decides who gets in, makes what they need, and counts. Loaded with the first one. */
export class IpcHost implements ConnectionHost {
  readonly #options: IpcServerOptions;
  readonly #pageBytes = pageBytes();
  readonly #pending = new Map<ClientConnection, Pending>();
  readonly #open = new Set<ClientConnection>();
  /** Asked to be let in when there was no room, the oldest first. */
  readonly #waiting = new Set<ClientConnection>();
  /** When it was told of each user who was refused. */
  readonly #strangers = new Map<number, number>();
  #directory: RunDirectory | undefined;
  #hasToldFull = false;
  #hasToldNoSpace = false;

  constructor(options: IpcServerOptions) {
    this.#options = options;
  }

  /** Takes a new connection of one service. */
  receive(socket: Socket, service: IpcService): void {
    const fd = descriptorOf(socket);
    const credentials = fd === undefined ? undefined : peerCredentials(fd);
    const owner = credentials === undefined ? undefined : permissionOf(credentials);
    const rank = owner === undefined ? 'strangers' : credentials?.uid === 0 ? 'root' : 'others';
    if (credentials === undefined || !this.#hasRoomToAsk(rank)) {
      socket.destroy();
      return;
    }
    const { clock } = this.#options;
    const connection = new ClientConnection({
      socket,
      credentials,
      clock,
      service: service.name,
      host: this,
    });
    this.#pending.set(connection, { rank, owner, service });
  }

  grant(askedBytes: number): number {
    const floor = Math.max(this.#options.bufferFloorBytes, BUFFER_FLOOR_BYTES);
    return Math.min(Math.max(askedBytes, floor), BUFFER_CEILING_BYTES);
  }

  admit(connection: ClientConnection): Admission {
    const { owner, service } = this.#pending.get(connection) ?? {};
    this.#waiting.delete(connection);
    if (owner === undefined || service === undefined) {
      this.#tellStranger(connection);
      return { kind: 'refused', errno: EACCES };
    }
    if (!this.#hasRoomFor(connection)) {
      this.#waiting.add(connection);
      this.#tellFull();
      return { kind: 'full', errno: EAGAIN };
    }
    const answer = accept(service, connection);
    if (typeof answer === 'number') {
      return { kind: 'refused', errno: answer };
    }
    return this.#furnish(connection, owner, answer);
  }

  weigh(): void {
    const all = [...this.#open];
    if (all.reduce((sum, { queuedBytes }) => sum + queuedBytes, 0) > ALL_OUTPUT_CEILING_BYTES) {
      const [most] = all.toSorted((one, other) => other.queuedBytes - one.queuedBytes);
      most?.drop(`It doesn't read, and ${ALL_OUTPUT_CEILING_BYTES} bytes wait for all clients together`);
    }
  }

  left(connection: ClientConnection): void {
    this.#pending.delete(connection);
    this.#waiting.delete(connection);
    if (this.#open.delete(connection)) {
      for (const next of this.#waiting) {
        if (this.#hasRoomFor(next)) {
          next.onRoom();
        }
      }
    }
  }

  /** Ends all connections and removes what was made for them. */
  close(): void {
    for (const connection of [...this.#waiting, ...this.#pending.keys(), ...this.#open]) {
      connection.close('The daemon stops');
    }
    this.#directory?.remove();
    this.#directory = undefined;
  }

  #hasRoomToAsk(rank: Rank): boolean {
    return [...this.#pending.values()].filter((one) => one.rank === rank).length < MAX_PENDING[rank];
  }

  #hasRoomFor({ credentials }: ClientConnection): boolean {
    if (this.#open.size >= MAX_CONNECTIONS) {
      return false;
    }
    const others = [...this.#open].filter((one) => one.credentials.uid !== 0).length;
    return credentials.uid === 0 || others < MAX_CONNECTIONS_OF_OTHERS;
  }

  /** Everybody can connect as often as they like: the log must not be theirs to fill. */
  #tellStranger({ service, credentials: { pid, uid, gid } }: ClientConnection): void {
    const nowMs = this.#options.clock.nowMs();
    if (nowMs - (this.#strangers.get(uid) ?? Number.NEGATIVE_INFINITY) < STRANGER_TOLD_MS) {
      return;
    }
    if (this.#strangers.size >= MAX_TOLD_STRANGERS) {
      this.#strangers.clear();
    }
    this.#strangers.set(uid, nowMs);
    emit('ipc.refused', { service, pid, uid, gid });
  }

  #tellFull(): void {
    if (!this.#hasToldFull) {
      this.#hasToldFull = true;
      emit('ipc.full', { connections: this.#open.size });
    }
  }

  #furnish(connection: ClientConnection, owner: FileOwner, handlers: IpcHandlers): Admission {
    const maxBytes = connection.maxMessageBytes;
    try {
      const { path: parent } = this.#runDirectory();
      const { service } = connection;
      const rings = new ClientRings({ parent, service, owner, maxBytes, pageBytes: this.#pageBytes });
      this.#pending.delete(connection);
      this.#open.add(connection);
      this.#hasToldFull &&= this.#waiting.size > 0;
      this.#hasToldNoSpace = false;
      return { kind: 'granted', rings, handlers };
    } catch (thrown) {
      this.#tellNoSpace(maxBytes, thrown);
      tellEnd(connection, handlers, 'There is no room for its files');
      return { kind: 'refused', errno: (thrown as NodeJS.ErrnoException).errno ?? EIO };
    }
  }

  /** Made with the first client, and again where it was taken away. */
  #runDirectory(): RunDirectory {
    if (this.#directory?.isGone === true) {
      this.#directory.remove();
      this.#directory = undefined;
    }
    this.#directory ??= RunDirectory.make(join(this.#options.directory, RUN_PREFIX));
    return this.#directory;
  }

  #tellNoSpace(maxBytes: number, thrown: unknown): void {
    if (!this.#hasToldNoSpace) {
      this.#hasToldNoSpace = true;
      emit('ipc.no-space', {
        directory: this.#options.directory,
        neededBytes: RINGS * (ringBytes(maxBytes, this.#pageBytes) + HEADER.bytes),
        connections: this.#open.size,
        error: messageOf(thrown),
      });
    }
  }
}

/** What the service says, or an errno. */
function accept(service: IpcService, connection: ClientConnection): IpcHandlers | number {
  const { pid, uid } = connection.credentials;
  try {
    const answer = service.accept(connection);
    if (typeof answer === 'number') {
      emit('ipc.declined', { service: service.name, pid, uid, errno: answer });
    }
    return answer;
  } catch (thrown) {
    emit('ipc.handler-failed', { service: service.name, pid, error: messageOf(thrown) });
    return EIO;
  }
}
