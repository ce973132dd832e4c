import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { messageOf } from '../errors/agent-error.ts';
import type { Timer } from '../observe/clock.ts';
import { emit } from '../observe/events.ts';
import type { IpcHost } from './ipc-host.ts';
import type { IpcServerOptions } from './ipc-server-options.ts';
import type { IpcService } from './ipc-types.ts';
import { purgeLeftovers } from './leftovers.ts';
import { addressOf, removeStale, type SocketAddress } from './socket-address.ts';

/** Clients of libqb connect without waiting: one more than this at once is told to come again. */
const BACKLOG = 512;
/** Names that others have are tried again this often. */
const RETRY_MS = 30_000;
/** Everybody may connect; who gets in is decided by the kernel's word on who it is. */
const SOCKET_MODE = 0o777;

/** The local services of the daemon, as libqb offers them. */
export interface IpcServer {
  /** Ends all connections, gives the names up and removes every file. */
  stop(): Promise<void>;
}

/**
 * Offers all services or, where a name is taken, none of them: then it goes on trying. Never rejects; what is wrong is told
 * by events. All that isn't needed to listen is loaded with the first client.
 */
export async function startIpcServer(options: IpcServerOptions): Promise<IpcServer> {
  const server = new ListeningIpcServer(options);
  await server.begin();
  return server;
}

class ListeningIpcServer implements IpcServer {
  readonly #options: IpcServerOptions;
  #listeners: readonly Listener[] = [];
  #attempt: Promise<void> = Promise.resolve();
  #retry: Timer | undefined;
  #host: Promise<IpcHost> | undefined;
  #told: string | undefined;
  #isStopped = false;

  constructor(options: IpcServerOptions) {
    this.#options = options;
  }

  async begin(): Promise<void> {
    const { directory } = this.#options;
    await purgeLeftovers(directory).catch((thrown: unknown) => {
      emit('ipc.no-directory', { directory, error: messageOf(thrown) });
    });
    this.#attempt = this.#listen();
    await this.#attempt;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#retry?.cancel();
    await this.#attempt;
    this.#giveUp();
    const host = await this.#host?.catch(() => undefined);
    host?.close();
    // Owners are told of the end after whatever runs now.
    await new Promise<void>((resolve) => process.nextTick(resolve));
  }

  async #listen(): Promise<void> {
    const { services, socketDirectory } = this.#options;
    try {
      for (const service of services) {
        const address = addressOf(service.name, socketDirectory);
        const server = createServer((socket) => void this.#receive(socket, service));
        this.#listeners = [...this.#listeners, await bind(server, address, service.name)];
      }
      emit('ipc.listening', { services: services.map(({ name }) => name).join(' ') });
    } catch (thrown) {
      this.#giveUp();
      this.#tellTaken(messageOf(thrown));
      if (!this.#isStopped) {
        this.#retry = this.#options.clock.setTimer(RETRY_MS, () => {
          this.#attempt = this.#listen();
        });
      }
    }
  }

  #giveUp(): void {
    for (const { server, address } of this.#listeners) {
      server.close();
      if (address.isFile) {
        rmSync(address.path, { force: true });
      }
    }
    this.#listeners = [];
  }

  /** Once for each reason: the next tries are silent until one succeeds. */
  #tellTaken(error: string): void {
    if (this.#told !== error) {
      this.#told = error;
      emit('ipc.names-taken', { error, retryMs: RETRY_MS });
    }
  }

  async #receive(socket: Socket, service: IpcService): Promise<void> {
    // Of an error comes a `close`, too, and that is enough.
    socket.on('error', () => undefined);
    this.#host ??= import('./ipc-host.ts').then(({ IpcHost }) => new IpcHost(this.#options));
    try {
      const host = await this.#host;
      if (this.#isStopped || socket.destroyed) {
        socket.destroy();
        return;
      }
      host.receive(socket, service);
    } catch (thrown) {
      emit('ipc.handler-failed', { service: service.name, error: messageOf(thrown) });
      socket.destroy();
    }
  }
}

interface Listener {
  readonly server: Server;
  readonly address: SocketAddress;
}

/** @throws Error that says which name can't be had, and why */
async function bind(server: Server, address: SocketAddress, name: string): Promise<Listener> {
  try {
    await removeStale(address);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ path: address.path, backlog: BACKLOG }, () => {
        server.off('error', reject);
        server.on('error', (error) => emit('ipc.handler-failed', { service: name, error: error.message }));
        resolve();
      });
    });
    if (address.isFile) {
      chmodSync(address.path, SOCKET_MODE);
    }
    return { server, address };
  } catch (thrown) {
    throw new Error(explain(name, address, thrown), { cause: thrown });
  }
}

function explain(name: string, { path, isFile }: SocketAddress, thrown: unknown): string {
  const where = isFile ? `the socket ${path}` : `the name ${name}`;
  return (thrown as NodeJS.ErrnoException).code === 'EADDRINUSE'
    ? `Expected ${where} to be free, another Pacemaker has it: the host's or another container's, where they share ` +
        'a network namespace'
    : `Cannot listen on ${where}: ${messageOf(thrown)}`;
}
