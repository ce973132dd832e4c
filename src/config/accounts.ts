import { closeSync, constants, openSync, readSync } from 'node:fs';

/** A user and its primary group. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** So much of the list of users is looked at, in bytes. */
const LIST_LIMIT_BYTES = 1024 * 1024;

/**
 * A user of the system by name, or undefined. Read from the list of local users and not asked of NSS, where a
 * directory server that hangs would hang the daemon; the accounts of packages are local.
 * @param file default `/etc/passwd`
 * @throws the system's error when the list can't be read
 */
export function findUser(name: string, file = '/etc/passwd'): User | undefined {
  for (const line of readList(file).split('\n')) {
    const [found, , uid = '', gid = ''] = line.split(':');
    if (found === name && /^\d+$/.test(uid) && /^\d+$/.test(gid)) {
      return { uid: Number(uid), gid: Number(gid) };
    }
  }
  return undefined;
}

/**
 * The number of a group of the system by name, or undefined; from the list of local groups, as `findUser` does it.
 * @param file default `/etc/group`
 * @throws the system's error when the list can't be read
 */
export function findGroup(name: string, file = '/etc/group'): number | undefined {
  for (const line of readList(file).split('\n')) {
    const [found, , gid = ''] = line.split(':');
    if (found === name && /^\d+$/.test(gid)) {
      return Number(gid);
    }
  }
  return undefined;
}

/**
 * The name of a user of the system by its number, or undefined; of several the first, as the C library has it.
 * @param file default `/etc/passwd`
 * @throws the system's error when the list can't be read
 */
export function findUserName(uid: number, file = '/etc/passwd'): string | undefined {
  for (const line of readList(file).split('\n')) {
    const [name = '', , found = ''] = line.split(':');
    if (name !== '' && found === String(uid)) {
      return Buffer.from(name, 'latin1').toString('utf8');
    }
  }
  return undefined;
}

function readList(file: string): string {
  // Non-blocking, because opening a named pipe would wait for a writer.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const buffer = Buffer.alloc(64 * 1024);
    const parts: string[] = [];
    for (let seen = 0; seen < LIST_LIMIT_BYTES; ) {
      const got = readSync(descriptor, buffer, 0, buffer.length, null);
      if (got === 0) {
        break;
      }
      seen += got;
      parts.push(buffer.toString('latin1', 0, got));
    }
    return parts.join('');
  } finally {
    closeSync(descriptor);
  }
}
