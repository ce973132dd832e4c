import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';

/** Bytes that are read at once. Programs write little, and all of it is looked at before more is read. */
const READ_BYTES = 64 * 1024;

/** The stream to a spawner. */
export interface SpawnerSocket {
  write(bytes: Buffer): void;
  /** Ends the stream; `onEnd` is still called. */
  close(): void;
}

export interface SpawnerSocketListener {
  /** `bytes` may be used anew afterwards. */
  onBytes(bytes: Buffer): void;
  /** The spawner is gone, or the stream broke. Called once. */
  onEnd(): void;
}

/** How to reach a spawner: opens the stream to it, which does not keep the process alive. */
export type OpenSpawner = (listener: SpawnerSocketListener) => SpawnerSocket;

/**
 * The descriptor that `pcmk-init` left for the daemon.
 * @throws Error of the system where it is no socket
 */
export const inheritedSpawner =
  (fd: number): OpenSpawner =>
  (listener) => {
    // Into one buffer that is used again and again: else Node takes 64 KiB from the system for each read.
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    const callback = (bytes: number): boolean => {
      listener.onBytes(buffer.subarray(0, bytes));
      return true;
    };
    // @types/node knows the option for `connect` only; the constructor takes it as well.
    const options = { fd, readable: true, writable: true, onread: { buffer, callback } };
    return watched(new Socket(options), listener);
  };

/**
 * A spawner of the daemon's own, for where it got none or lost it. It has a session of its own: what a terminal sends
 * to the daemon is not for the agents.
 */
export const ownSpawner =
  (program: string): OpenSpawner =>
  (listener) => {
    const child: ChildProcess = spawn(program, [], {
      argv0: 'pcmk-spawner',
      cwd: '/',
      env: {},
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    });
    // Told by the end of the stream as well, which is there even where there is no process.
    child.once('error', () => undefined);
    // It ends by itself, after what it runs; nobody waits for it.
    child.unref();
    const socket = child.stdio[3] as Socket;
    socket.on('data', (bytes: Buffer) => listener.onBytes(bytes));
    return watched(socket, listener);
  };

function watched(socket: Socket, listener: SpawnerSocketListener): SpawnerSocket {
  // A daemon that can't start must end: the spawner alone is no reason to stay.
  socket.unref();
  // A socket that breaks is closed as one that ends; the reason says nothing that the end does not.
  socket.on('error', () => undefined);
  socket.once('end', () => socket.destroy());
  socket.once('close', () => listener.onEnd());
  return {
    write: (bytes) => {
      socket.write(bytes);
    },
    close: () => {
      socket.destroy();
    },
  };
}
