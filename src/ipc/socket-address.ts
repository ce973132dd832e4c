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

/** Removes a socket file that nobody listens on any more. What is no socket, or answers, stays. */
export async function removeStale({ path, isFile }: SocketAddress): Promise<void> {
  if (isFile && lstatSync(path, { throwIfNoEntry: false })?.isSocket() && !(await answers(path))) {
    unlinkSync(path);
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const end = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
