// The one file that knows node-ipc. Version 14.0.0 and no other: two of its releases carried malware.
import type { Socket } from 'node:net';
import { IPCModule } from 'node-ipc';

/** What happens on a connection. */
export interface TransportHandlers {
  onConnect(socket: Socket): void;
  onData(chunk: Buffer, socket: Socket): void;
  onClose(socket: Socket): void;
}

/** Connections of the control socket, carried by node-ipc as raw bytes. */
export class IpcTransport {
  readonly #server: IpcServer;

  constructor(handlers: TransportHandlers) {
    const ipc = new IPCModule();
    Object.assign(ipc.config, { silent: true, rawBuffer: true, parser: 'fast', logPayloads: false });
    // Made, not started: the daemon listens by itself, and loads this with the first connection.
    ipc.serve('/dev/null');
    this.#server = ipc.server as IpcServer;
    this.#server.on('connect', (socket) => handlers.onConnect(socket as Socket));
    this.#server.on('data', (chunk, socket) => handlers.onData(chunk as Buffer, socket as Socket));
    this.#server.on('close', (socket) => handlers.onClose(socket as Socket));
    // Of an error comes a `close`, too, and that is enough.
    this.#server.on('error', () => undefined);
  }

  /** Takes a connection that was let in. */
  take(socket: Socket): void {
    this.#server.addSocket(socket);
  }

  send(socket: Socket, bytes: Buffer): void {
    this.#server.write(socket, bytes);
  }

  close(): void {
    this.#server.stop();
  }
}

/** What we use of node-ipc's server. */
interface IpcServer {
  on(event: string, listener: (...args: readonly unknown[]) => void): void;
  addSocket(socket: Socket): void;
  write(socket: Socket, bytes: Buffer): boolean;
  stop(): void;
}
