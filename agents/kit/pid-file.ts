import { constants } from 'node:fs';
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

/** More than any PID file has; PostgreSQL's with its seven lines too. */
const LIMIT_BYTES = 4096;

/** The kernel's upper end of `kernel.pid_max`. */
const PID_MAX = 4_194_304;

/** Reads a PID file: a number on its first line. Never waits, whatever lies at the path. */
export async function readPidFile(path: string): Promise<PidFile> {
  let file: FileHandle | undefined;
  try {
    // A FIFO without a writer would hold an open for ever.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!(await file.stat()).isFile()) {
      return { kind: 'unreadable', errno: 'EFTYPE' };
    }
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(LIMIT_BYTES) });
    return parsePidFile(buffer.toString('latin1', 0, bytesRead));
  } catch (error) {
    const { code = 'EIO' } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? { kind: 'absent' } : { kind: 'unreadable', errno: code };
  } finally {
    await file?.close();
  }
}

function parsePidFile(text: string): PidFile {
  const [line = ''] = text.trim().split('\n');
  if (line === '') {
    return { kind: 'empty' };
  }
  const pid = /^\d{1,7}\s*$/.test(line) ? Number(line) : 0;
  return pid >= 1 && pid <= PID_MAX ? { kind: 'pid', pid } : { kind: 'garbage', text: line.slice(0, 40) };
}
