import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { messageOf } from '../errors/agent-error.ts';
import { Secret } from '../errors/secret.ts';

/** The longest key that GnuTLS takes. */
export const MAX_KEY_BYTES = 65_535;

/** What tells one content of a file from the next without reading it. */
export type KeyFileStamp = Pick<BigIntStats, 'mtimeNs' | 'size' | 'ino' | 'mode'>;

export function sameStamp(a: KeyFileStamp, b: KeyFileStamp): boolean {
  return a.mtimeNs === b.mtimeNs && a.size === b.size && a.ino === b.ino && a.mode === b.mode;
}

/** The stamp of a file, or in words why there is none: `absent`, or the system's reason. */
export function stampOf(path: string): KeyFileStamp | string {
  try {
    return statSync(path, { bigint: true });
  } catch (thrown) {
    return reasonOf(thrown);
  }
}

/**
 * The whole file as it is, byte for byte, with the stamp of exactly what was read; or why it is no key.
 */
export function readKeyFile(path: string): { readonly key: Secret; readonly stamp: KeyFileStamp } | string {
  let file: number | undefined;
  try {
    // Non-blocking, because opening a named pipe would stop the daemon until somebody writes.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stamp = fstatSync(file, { bigint: true });
    if (!stamp.isFile()) {
      return 'not a regular file';
    }
    return readOpened(file, stamp);
  } catch (thrown) {
    return reasonOf(thrown);
  } finally {
    if (file !== undefined) {
      closeSync(file);
    }
  }
}

function readOpened(
  file: number,
  stamp: KeyFileStamp,
): { readonly key: Secret; readonly stamp: KeyFileStamp } | string {
  // One byte more than allowed tells a file that is too long. Unpooled, so that wiping it leaves no copy behind.
  const buffer = Buffer.allocUnsafeSlow(MAX_KEY_BYTES + 1);
  let bytes = 0;
  for (;;) {
    const got = readSync(file, buffer, bytes, buffer.length - bytes, null);
    bytes += got;
    if (got === 0 || bytes === buffer.length) {
      break;
    }
  }
  if (bytes === 0 || bytes > MAX_KEY_BYTES) {
    buffer.fill(0);
    return bytes === 0 ? 'empty' : `longer than ${MAX_KEY_BYTES} bytes`;
  }
  const key = Buffer.allocUnsafeSlow(bytes);
  buffer.copy(key, 0, 0, bytes);
  buffer.fill(0);
  return { key: new Secret(key), stamp };
}

function reasonOf(thrown: unknown): string {
  const code = (thrown as NodeJS.ErrnoException | null)?.code;
  // A path below a file is as absent as one that is nowhere.
  return code === 'ENOENT' || code === 'ENOTDIR' ? 'absent' : messageOf(thrown);
}
