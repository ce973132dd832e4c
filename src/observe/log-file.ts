import { constants, fchmodSync, openSync } from 'node:fs';

const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL, O_NONBLOCK } = constants;
const FLAGS = O_WRONLY | O_APPEND | O_NONBLOCK;

/**
 * Opens a log file to append to. A new one gets exactly `mode`, whatever the umask. A pipe is opened without waiting
 * for its reader, and writing to it never waits.
 */
export function openLogFile(path: string, mode: number): number {
  try {
    const descriptor = openSync(path, FLAGS | O_CREAT | O_EXCL, mode);
    fchmodSync(descriptor, mode);
    return descriptor;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
    return openSync(path, FLAGS);
  }
}
