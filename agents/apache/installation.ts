import { open, realpath } from 'node:fs/promises';
import type { ApacheConfiguration } from './config/index.ts';

/** What there is to know of a server, less its environment, which may hold secrets. */
export type Installation = Omit<ApacheConfiguration, 'env'>;

/**
 * The file that processes of a server execute; undefined where `httpd` is a script, and the file only known to it.
 */
export async function programOf({ httpd }: Pick<Installation, 'httpd'>): Promise<string | undefined> {
  try {
    await using file = await open(httpd);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(2) });
    return buffer.toString('latin1', 0, bytesRead) === '#!' ? undefined : await realpath(httpd);
  } catch {
    return httpd; // it was removed: its processes still have the name
  }
}
