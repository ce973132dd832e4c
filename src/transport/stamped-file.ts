import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { messageOf } from '../errors/agent-error.ts';

/** What tells one content of a file from the next without reading it. */
export type FileStamp = Pick<BigIntStats, 'mtimeNs' | 'size' | 'ino' | 'mode' | 'nlink'>;

/** A file changed so lately may change again without its time of change telling. */
const SETTLED_SECONDS = 2;
/** The reason of a path that leads to nothing. */
export const ABSENT = 'absent';
/** Any permission for "others". */
const OTHERS_MASK = 0o007;

export function sameStamp(a: FileStamp, b: FileStamp): boolean {
  return a.mtimeNs === b.mtimeNs && a.size === b.size && a.ino === b.ino && a.mode === b.mode;
}

/** Whether equal stamps will mean equal content from now on. */
export function isSettled(stamp: FileStamp, nowSeconds: number): boolean {
  return nowSeconds - Number(stamp.mtimeNs / 1_000_000_000n) >= SETTLED_SECONDS;
}

export function isOpenToOthers(stamp: FileStamp): boolean {
  return (Number(stamp.mode) & OTHERS_MASK) !== 0;
}

/** The permissions as `chmod` takes them, such as `0640`. */
export function permissionsOf(stamp: FileStamp): string {
  return (Number(stamp.mode) & 0o777).toString(8).padStart(4, '0');
}

/** The stamp of a file, or in words why there is none: `absent`, or the system's reason. */
export function stampOf(path: string): FileStamp | string {
  try {
    // An absent file is nothing special where a previous key may be: no exception, so 20 µs less for each peer.
    return statSync(path, { bigint: true, throwIfNoEntry: false }) ?? ABSENT;
  } catch (thrown) {
    return reasonOf(thrown);
  }
}

/** What was read, and the stamp of exactly that. */
export interface ReadFile {
  readonly bytes: Buffer;
  readonly stamp: FileStamp;
}

/**
 * The whole file as it is, byte for byte; or in words why it can't be used: `absent`, `empty`, `longer than …`, `not a
 * regular file`, or the system's reason. What was read is in one Buffer of its own, so that wiping it leaves no copy.
 */
export function readStamped(path: string, limitBytes: number): ReadFile | string {
  let file: number | undefined;
  try {
    // Non-blocking, because opening a named pipe would stop the daemon until somebody writes.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stamp = fstatSync(file, { bigint: true });
    return stamp.isFile() ? readOpened(file, stamp, limitBytes) : 'not a regular file';
  } catch (thrown) {
    return reasonOf(thrown);
  } finally {
    if (file !== undefined) {
      closeSync(file);
    }
  }
}

function readOpened(file: number, stamp: FileStamp, limitBytes: number): ReadFile | string {
  // One byte more than allowed tells a file that is too long. Unpooled: the kernel gives only the pages that are used.
  const buffer = Buffer.allocUnsafeSlow(limitBytes + 1);
  let bytes = 0;
  for (;;) {
    const got = readSync(file, buffer, bytes, buffer.length - bytes, null);
    bytes += got;
    if (got === 0 || bytes === buffer.length) {
      break;
    }
  }
  if (bytes === 0 || bytes > limitBytes) {
    buffer.fill(0, 0, bytes);
    return bytes === 0 ? 'empty' : `longer than ${limitBytes} bytes`;
  }
  const whole = Buffer.allocUnsafeSlow(bytes);
  buffer.copy(whole, 0, 0, bytes);
  buffer.fill(0, 0, bytes);
  return { bytes: whole, stamp };
}

function reasonOf(thrown: unknown): string {
  const code = (thrown as NodeJS.ErrnoException | null)?.code;
  // A path below a file is as absent as one that is nowhere.
  return code === 'ENOENT' || code === 'ENOTDIR' ? ABSENT : messageOf(thrown);
}
