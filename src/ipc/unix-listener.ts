import { chmodSync, mkdirSync, rmdirSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { messageOf } from '../errors/agent-error.ts';
import type { Clock, Timer } from '../observe/clock.ts';
import { emit } from '../observe/events.ts';
import { removeStale } from './socket-address.ts';

const BACKLOG = 128;
/** A path that another daemon has is tried again this often. */
const RETRY_MS = 30_000;
/** Of the folder above ours. */
const OUTER_MODE = 0o755;

/** A socket of the file system that programs of this container find the daemon by. */
export interface UnixListenerOptions {
  readonly path: string;
  /** Of the socket. */
  readonly mode: number;
  /** Of its folder, where that has to be made. */
  readonly directoryMode: number;
  readonly clock: Clock;
  readonly events: {
    readonly listening: 'tools.listening' | 'control.listening';
    readonly failed: 'tools.no-socket' | 'control.no-socket';
  };
  readonly onConnection: (socket: Socket) => void;
}

/**
 * Listens, and goes on trying where that can't be done. Never throws; what is wrong is told by events. A socket that a killed
 * daemon left is replaced, one that is answered is left alone and looked at again later.
 */
export class UnixListener {
  readonly #options: UnixListenerOptions;
  /** Folders that were not there before. */
  readonly #made: string[] = [];
  #server: Server | undefined;
  #retry: Timer | undefined;
  #hasTold = false;
  #isStopped = false;

  constructor(options: UnixListenerOptions) {
    this.#options = options;
  }

  async listen(): Promise<void> {
    const { path, clock, events } = this.#options;
    try {
      const server = createServer((socket) => {
        // Of an error comes a `close`, too, and that is enough.
        socket.on('error', () => undefined);
        this.#options.onConnection(socket);
      });
      this.#makeDirectories();
      await bind(server, path);
      chmodSync(path, this.#options.mode);
      this.#server = server;
      if (this.#isStopped) {
        this.stop();
        return;
      }
      emit(events.listening, { path });
    } catch (error) {
      if (this.#isStopped) {
        return;
      }
      // Once: the next tries are silent until one succeeds.
      if (!this.#hasTold) {
        emit(events.failed, { path, reason: messageOf(error), retryMs: RETRY_MS });
        this.#hasTold = true;
      }
      this.#retry = clock.setTimer(RETRY_MS, () => void this.listen());
    }
  }

  /** Takes nobody any more and removes the socket; who is connected stays. */
  stop(): void {
    this.#isStopped = true;
    this.#retry?.cancel();
    // Removes the socket, too.
    this.#server?.close();
    this.#server = undefined;
    for (const folder of this.#made.splice(0)) {
      removeDirectory(folder);
    }
  }

  #makeDirectories(): void {
    const folder = dirname(this.#options.path);
    // One level at a time: Node tries for ever to make more of them in a file system such as /proc.
    for (const [path, mode] of [
      [dirname(folder), OUTER_MODE],
      [folder, this.#options.directoryMode],
    ] as const) {
      if (makeDirectory(path, mode)) {
        this.#made.unshift(path);
      }
    }
  }
}

/** Whether it was not there before. */
function makeDirectory(path: string, mode: number): boolean {
  try {
    mkdirSync(path, { mode });
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
}
