import { connect, type Socket } from 'node:net';
import type { Clock } from '../../kit/index.ts';
import { encodeRecord, RecordReader } from './record.ts';
import { RpcFailure } from './rpc-failure.ts';
import { decodeReply, encodeCall, type RpcCall, xidOf } from './rpc-message.ts';
import type { XdrReader } from './xdr.ts';

/** Where to call, and until when. */
export interface RpcTarget {
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  /** Ends what still waits. */
  readonly signal: AbortSignal;
}

/** Servers take ports below 1024 for a sign that the caller is root; those below 512 belong to services. */
const PRIVILEGED = { first: 512, count: 512 } as const;
const PORT_ATTEMPTS = 8;

interface Waiting {
  readonly xid: number;
  resolve(reader: XdrReader): void;
  reject(error: Error): void;
}

/** Calls over one TCP connection, one at a time. */
export class RpcConnection {
  readonly #socket: Socket;
  readonly #records = new RecordReader();
  #nextXid: number;
  #waiting: Waiting | undefined;
  #over: RpcFailure | undefined;

  private constructor(socket: Socket, firstXid: number) {
    this.#socket = socket;
    this.#nextXid = firstXid;
    socket.on('data', (piece) => this.#onData(piece));
    socket.on('error', (error) => this.#fail(new RpcFailure('closed', `an error: ${error.message}`)));
    socket.on('close', () => this.#fail(new RpcFailure('closed', 'the connection closed by the server')));
  }

  /** Connects, and closes when `use` is done. From a privileged port where that is allowed. */
  static async with<T>(target: RpcTarget, use: (connection: RpcConnection) => Promise<T>): Promise<T> {
    const firstXid = Math.floor(target.clock.nowMs() * 1000) % 0x7fff_0000;
    const connection = new RpcConnection(await open(target), firstXid);
    const onAbort = (): void => connection.#fail(new RpcFailure('silent', 'no answer in time'));
    target.signal.addEventListener('abort', onAbort, { once: true });
    if (target.signal.aborted) {
      onAbort();
    }
    try {
      return await use(connection);
    } finally {
      target.signal.removeEventListener('abort', onAbort);
      connection.#close();
    }
  }

  /**
   * Calls, and waits for the answer.
   * @throws RpcFailure
   */
  call(call: RpcCall): Promise<XdrReader> {
    if (this.#over !== undefined) {
      return Promise.reject(this.#over);
    }
    const xid = this.#nextXid++;
    return new Promise((resolve, reject) => {
      this.#waiting = { xid, resolve, reject };
      this.#socket.write(encodeRecord(encodeCall(xid, call)));
    });
  }

  #onData(piece: Buffer): void {
    try {
      for (const record of this.#records.push(piece)) {
        const { xid, resolve } = this.#waiting ?? {};
        if (xid === undefined || xidOf(record) !== xid) {
          throw new RpcFailure('garbage', 'an answer to a call that was never made');
        }
        const reader = decodeReply(record);
        this.#waiting = undefined;
        resolve?.(reader);
      }
    } catch (error) {
      const failure = error instanceof RpcFailure ? error : new RpcFailure('garbage', String(error));
      // A refusal is an answer like others: the connection can be used further.
      if (failure.fault === 'garbage') {
        this.#fail(failure);
      } else {
        this.#reject(failure);
      }
    }
  }

  #reject(failure: RpcFailure): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(failure);
  }

  #fail(failure: RpcFailure): void {
    this.#over ??= failure;
    this.#reject(failure);
    this.#socket.destroy();
  }

  #close(): void {
    this.#over ??= new RpcFailure('closed', 'the connection closed');
    // In order and not with a reset, which servers write to their log.
    this.#socket.end();
    this.#socket.destroySoon();
  }
}

async function open(target: RpcTarget): Promise<Socket> {
  const start = Math.floor(target.clock.nowMs() * 1000);
  for (let attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
    // A prime step, so that callers at the same moment do not follow each other.
    const localPort = PRIVILEGED.first + ((start + attempt * 37) % PRIVILEGED.count);
    try {
      return await openFrom(target, localPort);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (code === 'EACCES') {
        break; // no right to such ports
      }
      if (code !== 'EADDRINUSE' && code !== 'EADDRNOTAVAIL') {
        throw unreachable(target, error);
      }
    }
  }
  return openFrom(target, undefined).catch((error: unknown) => {
    throw unreachable(target, error);
  });
}

function openFrom({ host, port, signal }: RpcTarget, localPort: number | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, ...(localPort === undefined ? {} : { localPort }) });
    const settle = (then: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      socket.removeAllListeners();
      then();
    };
    const fail = (error: Error): void =>
      settle(() => {
        socket.on('error', () => undefined);
        socket.destroy();
        reject(error);
      });
    const onAbort = (): void =>
      fail(new RpcFailure('silent', `no connection to ${host} port ${port} in time`));
    socket.once('connect', () => settle(() => resolve(socket)));
    socket.once('error', fail);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) {
      onAbort();
    }
  });
}

function unreachable({ host, port }: RpcTarget, error: unknown): RpcFailure {
  if (error instanceof RpcFailure) {
    return error;
  }
  const { code, message } = error as NodeJS.ErrnoException;
  const got =
    code === 'ECONNREFUSED'
      ? `nobody listening on ${host} port ${port}`
      : `no connection to ${host} port ${port}: ${message}`;
  return new RpcFailure('unreachable', got, { cause: error });
}
