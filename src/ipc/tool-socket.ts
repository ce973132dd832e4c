import { chmodSync, mkdirSync, rmdirSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { messageOf } from '../errors/agent-error.ts';
import type { Timer } from '../observe/clock.ts';
import { emit } from '../observe/events.ts';
import { removeStale } from './socket-address.ts';
import type { ToolCalls } from './tool-calls.ts';
import type { ToolSocketOptions } from './tool-socket-options.ts';

const BACKLOG = 128;
/** A path that another daemon has is tried again this often. */
const RETRY_MS = 30_000;
/** Everybody may connect, as with the real tools; the kernel's word on who it is decides who gets in. */
const SOCKET_MODE = 0o777;
const DIRECTORY_MODE = 0o755;

/** Where `pcmk-tool` finds the daemon. */
export interface ToolSocket {
  /** Ends all calls and removes the socket. */
  stop(): void;
}

/**
 * Listens for small tools. Never rejects; what is wrong is told by events. A socket that a killed daemon left is replaced, one
 * that is answered is left alone and looked at again later. What serves calls is loaded with the first one.
 */
export async function listenForTools(options: ToolSocketOptions): Promise<ToolSocket> {
  const socket = new ListeningToolSocket(options);
  await socket.listen();
  return socket;
}

class ListeningToolSocket implements ToolSocket {
  readonly #options: ToolSocketOptions;
  #server: Server | undefined;
  #retry: Timer | undefined;
  #calls: Promise<ToolCalls> | undefined;
  #hasTold = false;
  #hasMadeDirectory = false;
  #isStopped = false;

  constructor(options: ToolSocketOptions) {
    this.#options = options;
  }

  async listen(): Promise<void> {
    const { path, clock } = this.#options;
    try {
      const server = createServer((socket) => void this.#receive(socket));
      this.#hasMadeDirectory = makeDirectory(dirname(path)) || this.#hasMadeDirectory;
      await bind(server, path);
      this.#server = server;
      if (this.#isStopped) {
        this.stop();
        return;
      }
      emit('tools.listening', { path });
    } catch (error) {
      if (this.#isStopped) {
        return;
      }
      // Once: the next tries are silent until one succeeds.
      if (!this.#hasTold) {
        emit('tools.no-socket', { path, reason: messageOf(error), retryMs: RETRY_MS });
        this.#hasTold = true;
      }
      this.#retry = clock.setTimer(RETRY_MS, () => void this.listen());
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#retry?.cancel();
    this.#calls?.then((calls) => calls.close());
    if (this.#server === undefined) {
      return;
    }
    // Removes the socket, too.
    this.#server.close();
    this.#server = undefined;
    if (this.#hasMadeDirectory) {
      removeDirectory(dirname(this.#options.path));
    }
  }

  async #receive(socket: Socket): Promise<void> {
    // Of an error comes a `close`, too, and that is enough.
    socket.on('error', () => undefined);
    this.#calls ??= import('./tool-calls.ts').then(({ ToolCalls }) => new ToolCalls(this.#options));
    (await this.#calls).receive(socket);
  }
}

/**
 * Whether it was not there before. One level only: Node tries for ever to make more of them in a file system such as /proc.
 */
function makeDirectory(path: string): boolean {
  try {
    mkdirSync(path, { mode: DIRECTORY_MODE });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
    return false;
  }
}

function removeDirectory(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Something else is in there by now.
  }
}

/** @throws Error that says why there can be no socket */
async function bind(server: Server, path: string): Promise<void> {
  await removeStale({ path, isFile: true });
  await new Promise<void>((resolve, reject) => {
    // It stays, and has nothing to do later: a caller that could not be accepted was told so by the kernel.
    server.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error('Expected nothing at the path, another daemon listens there, or it is no socket')
          : error,
      ),
    );
    server.listen({ path, backlog: BACKLOG }, resolve);
  });
  chmodSync(path, SOCKET_MODE);
}
