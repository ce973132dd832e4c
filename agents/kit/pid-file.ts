import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** What a PID file says. What it names may be gone, or another process since: compare it before you trust it. */
export type PidFile =
  | { readonly kind: 'pid'; readonly pid: number }
  | { readonly kind: 'absent' }
  | { readonly kind: 'empty' }
  /** The beginning of what is there instead. */
  | { readonly kind: 'garbage'; readonly text: string }
  /** Errno's word, or `EFTYPE` where it is no file. */
  | { readonly kind: 'unreadable'; readonly errno: string };

/** More than any PID file has; PostgreSQL's with its eight lines too, whose first one counts. */
const LIMIT_BYTES = 1024;

/** The kernel's upper end of `kernel.pid_max`. */
const PID_MAX = 4_194_304;

/** A FIFO without a writer would hold an open for ever. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * Reads a PID file: a number on its first line. Never waits, whatever lies at the path. `isLocal`, that it lies on a file
 * system of this machine (`areLocal` tells), makes it cheaper by far.
 */
export async function readPidFile(path: string, { isLocal = false } = {}): Promise<PidFile> {
  if (isLocal) {
    return readAtOnce(path);
  }
  let file: FileHandle | undefined;
  try {
    file = await open(path, FLAGS);
    if (!(await file.stat()).isFile()) {
      return NO_FILE;
    }
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(LIMIT_BYTES) });
    return parsePidFile(buffer.toString('latin1', 0, bytesRead));
  } catch (error) {
    return unreadable(error);
  } finally {
    await file?.close();
  }
}

function readAtOnce(path: string): PidFile {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, FLAGS);
    if (!fstatSync(descriptor).isFile()) {
      return NO_FILE;
    }
    const buffer = Buffer.allocUnsafe(LIMIT_BYTES);
    return parsePidFile(buffer.toString('latin1', 0, readSync(descriptor, buffer)));
  } catch (error) {
    return unreadable(error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

const NO_FILE: PidFile = { kind: 'unreadable', errno: 'EFTYPE' };

function unreadable(error: unknown): PidFile {
  const { code = 'EIO' } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR' ? { kind: 'absent' } : { kind: 'unreadable', errno: code };
}

function parsePidFile(text: string): PidFile {
  const [line = ''] = text.trim().split('\n');
  if (line === '') {
    return { kind: 'empty' };
  }
  const pid = /^\d{1,7}\s*$/.test(line) ? Number(line) : 0;
  return pid >= 1 && pid <= PID_MAX ? { kind: 'pid', pid } : { kind: 'garbage', text: line.slice(0, 40) };
}
