// Longer than most: every action of the state table is one short method here.
import type { Socket } from 'node:net';
import { messageOf } from '../errors/agent-error.ts';
import type { PeerCredentials } from '../native/peer-credentials.ts';
import type { Clock, Timer } from '../observe/clock.ts';
import { emit } from '../observe/events.ts';
import { Delivery, type Lane } from './delivery.ts';
import { IPC_TRANSITIONS, type IpcAction, type IpcEvent, type IpcState } from './ipc-connection.states.ts';
import type { IpcConnection, IpcHandlers } from './ipc-types.ts';
import { FAIR_OUTPUT_BYTES, REQUESTS_A_TURN, SET_UP_MS } from './limits.ts';
import { RingFault } from './ring.ts';
import type { Rings } from './rings.ts';
import { REQUEST_BYTES, readSetUpRequest, writeGrant, writeRefusal } from './set-up.ts';

/** What the host says to a client that asks to be let in. */
export type Admission =
  | { readonly kind: 'granted'; readonly rings: Rings; readonly handlers: IpcHandlers }
  | { readonly kind: 'refused'; readonly errno: number }
  | { readonly kind: 'full'; readonly errno: number };

/** Who keeps all connections. */
export interface ConnectionHost {
  /** The size of the largest message for a client that asked for this much. */
  grant(askedBytes: number): number;
  admit(connection: ClientConnection): Admission;
  /** Much is queued for a client: too much for all together? */
  weigh(): void;
  /** It is over, and everything of it was given back. */
  left(connection: ClientConnection): void;
}

export interface ConnectionOptions {
  readonly socket: Socket;
  readonly service: string;
  readonly credentials: PeerCredentials;
  readonly clock: Clock;
  readonly host: ConnectionHost;
}

/** libqb's word for "I go"; clients of today just close the socket. */
const DISCONNECT = -3;

/** One local client: set up → open → closed, by the table in `ipc-connection.states.ts`. */
export class ClientConnection implements IpcConnection {
  readonly service: string;
  readonly credentials: PeerCredentials;
  readonly #options: ConnectionOptions;
  readonly #delivery: Delivery;
  readonly #actions: Readonly<Record<IpcAction, (reason: string) => void>>;
  readonly #setUpTimer: Timer;
  #state: IpcState = 'setup';
  #request: Buffer = Buffer.alloc(0);
  #maxMessageBytes = 0;
  #errno = 0;
  #rings: Rings | undefined;
  #handlers: IpcHandlers | undefined;
  /** Requests that were announced and not read yet. */
  #announced = 0;
  #nextTurn: NodeJS.Immediate | undefined;

  constructor(options: ConnectionOptions) {
    const { socket, service, credentials, clock } = options;
    this.#options = options;
    this.service = service;
    this.credentials = credentials;
    this.#delivery = new Delivery({
      clock,
      // The client polls the socket for events, one byte each.
      announce: (events) => socket.write(Buffer.alloc(events)),
      retry: () => this.#on('retry'),
    });
    this.#actions = {
      ignore: () => undefined,
      collect: () => this.#collect(),
      ask: () => this.#ask(),
      open: () => this.#open(),
      refuse: (reason) => this.#refuse(reason),
      keep: () => undefined,
      read: () => this.#read(),
      write: () => this.#write(),
      end: (reason) => this.#end(reason),
    };
    this.#setUpTimer = clock.setTimer(SET_UP_MS, () => this.#on('timeout', 'It was not let in in time'));
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('close', () => this.#onSocketClosed());
  }

  get maxMessageBytes(): number {
    return this.#maxMessageBytes;
  }

  /** What waits for the client to read, in bytes. */
  get queuedBytes(): number {
    return this.#delivery.bytes;
  }

  respond(message: Buffer): void {
    this.#send('response', message);
  }

  event(message: Buffer): void {
    this.#send('event', message);
  }

  close(reason: string): void {
    this.#on('close', reason);
  }

  /** Ends it for something that the client did. */
  drop(reason: string): void {
    this.#on('fault', reason);
  }

  /** Another client left while this one waited for that. */
  onRoom(): void {
    this.#on('room');
  }

  /** The only place that changes the state; before the action, because actions lead to further events. */
  #on(event: IpcEvent, reason = ''): void {
    const before = this.#state;
    const { action, next } = IPC_TRANSITIONS[before][event];
    this.#state = next;
    if (next === 'open' || next === 'closed') {
      this.#setUpTimer.cancel();
    }
    if (event === 'fault' && before !== 'closed') {
      emit('ipc.dropped', { ...this.#names(), reason });
    }
    this.#actions[action](reason);
  }

  #onData(chunk: Buffer): void {
    if (this.#state === 'open') {
      this.#announced += chunk.length;
    } else if (this.#state === 'setup') {
      this.#request = Buffer.concat([this.#request, chunk]);
    }
    this.#on('data');
  }

  /** What a client announced before it left is still carried out. */
  #onSocketClosed(): void {
    while (this.#announced > 0 && this.#state === 'open') {
      this.#on('data');
    }
    this.#on('gone', 'The client left');
  }

  #collect(): void {
    if (this.#request.length < REQUEST_BYTES) {
      return;
    }
    const askedBytes = readSetUpRequest(this.#request);
    if (askedBytes === undefined) {
      this.drop('What it sent first is no request to be let in');
      return;
    }
    this.#maxMessageBytes = this.#options.host.grant(askedBytes);
    this.#on('asked');
  }

  #ask(): void {
    const answer = this.#options.host.admit(this);
    if (answer.kind === 'granted') {
      this.#rings = answer.rings;
      this.#handlers = answer.handlers;
      this.#on('granted');
      if (this.#state === 'closed') {
        // Its owner closed it while it was asked.
        this.#release('It was closed at once');
      }
      return;
    }
    this.#errno = answer.errno;
    this.#on(answer.kind);
  }

  #open(): void {
    const { paths } = this.#rings as Rings;
    this.#options.socket.write(writeGrant(this.#maxMessageBytes, paths));
    emit('ipc.opened', this.#names());
    this.#write();
  }

  #refuse(reason: string): void {
    this.#options.socket.end(writeRefusal(this.#errno), () => this.#options.socket.destroy());
    this.#release(reason);
  }

  #send(lane: Lane, message: Buffer): void {
    if (message.length > this.#maxMessageBytes) {
      // The client would wait for it until its own time is over: better it learns at once.
      this.drop(`A message of ${message.length} bytes for it is beyond its ${this.#maxMessageBytes}`);
      return;
    }
    if (this.#state !== 'closed') {
      this.#delivery.add(lane, message);
      this.#on('send');
    }
  }

  #read(): void {
    clearImmediate(this.#nextTurn);
    for (let left = REQUESTS_A_TURN; left > 0 && this.#announced > 0 && this.#state === 'open'; left -= 1) {
      this.#announced -= 1;
      this.#guarded(() => this.#handle((this.#rings as Rings).request.read()));
    }
    if (this.#announced > 0 && this.#state === 'open') {
      this.#nextTurn = setImmediate(() => this.#on('data'));
    }
  }

  #handle(message: Buffer): void {
    if (message.length >= 4 && message.readInt32LE(0) === DISCONNECT) {
      this.#on('gone', 'The client said goodbye');
      return;
    }
    try {
      this.#handlers?.onMessage(message);
    } catch (thrown) {
      emit('ipc.handler-failed', { ...this.#names(), error: messageOf(thrown) });
      this.close('A fault of the daemon');
    }
  }

  #write(): void {
    this.#guarded(() => {
      const problem = this.#delivery.flush(this.#rings as Rings);
      if (problem !== undefined) {
        this.drop(problem);
      } else if (this.#delivery.bytes > FAIR_OUTPUT_BYTES) {
        this.#options.host.weigh();
      }
    });
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (thrown) {
      // A system call that fails on the files of a client is the client's doing, or the file system's: it costs only it.
      this.drop(
        thrown instanceof RingFault ? thrown.message : `Its rings can't be used: ${messageOf(thrown)}`,
      );
    }
  }

  #end(reason: string): void {
    this.#release(reason);
    this.#options.socket.destroy();
  }

  /** Gives everything back, then tells. */
  #release(reason: string): void {
    const handlers = this.#handlers;
    this.#delivery.stop();
    clearImmediate(this.#nextTurn);
    this.#rings?.close();
    this.#rings = undefined;
    this.#handlers = undefined;
    this.#options.host.left(this);
    if (handlers !== undefined) {
      emit('ipc.closed', { ...this.#names(), reason });
      tellEnd(this, handlers, reason);
    }
  }

  #names(): { service: string; pid: number; uid: number } {
    return { service: this.service, pid: this.credentials.pid, uid: this.credentials.uid };
  }
}

/** After whatever the owner is doing now. */
export function tellEnd(connection: IpcConnection, handlers: IpcHandlers, reason: string): void {
  process.nextTick(() => {
    try {
      handlers.onClose(reason);
    } catch (thrown) {
      const { service, credentials } = connection;
      emit('ipc.handler-failed', { service, pid: credentials.pid, error: messageOf(thrown) });
    }
  });
}
