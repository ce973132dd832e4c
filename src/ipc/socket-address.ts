import { existsSync, lstatSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

/** Bytes of a path in the address of a Unix socket. */
const PATH_BYTES = 108;

/** Where this file is, clients of libqb look for file sockets [libqb ipc_setup.c]. */
const FORCE_FILES = '/etc/libqb/force-filesystem-sockets';

/** Where a service listens. */
export interface SocketAddress {
  /** As `listen` takes it. */
  readonly path: string;
  /** It is a file, to be opened to all and to be removed. */
  readonly isFile: boolean;
}

/** @param flagFile another place for tests */
export function addressOf(name: string, socketDirectory: string, flagFile = FORCE_FILES): SocketAddress {
  return existsSync(flagFile)
    ? { path: join(socketDirectory, name), isFile: true }
    : // Clients use the full length of an abstract address, which Node doesn't since 24.
      { path: `\0${name}`.padEnd(PATH_BYTES, '\0'), isFile: false };
}

/** Removes a socket file that nobody listens on any more. What is no socket, or may have somebody, stays. */
export async function removeStale({ path, isFile }: SocketAddress): Promise<void> {
  if (isFile && lstatSync(path, { throwIfNoEntry: false })?.isSocket() && (await isDead(path))) {
    unlinkSync(path);
  }
}

/** The kernel says so at once: a program that is too busy (EAGAIN) or not ours to ask (EACCES) is there. */
function isDead(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const end = (nobodyIsThere: boolean): void => {
      socket.destroy();
      resolve(nobodyIsThere);
    };
    socket.once('connect', () => end(false));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code === 'ECONNREFUSED'));
  });
}
