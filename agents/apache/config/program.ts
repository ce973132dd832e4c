import { open, realpath } from 'node:fs/promises';

/**
 * The file that processes of a server execute; undefined where `httpd` is a script, and the file only known to it.
 */
export async function programOf(httpd: string): Promise<string | undefined> {
  try {
    await using file = await open(httpd);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(2) });
    return buffer.toString('latin1', 0, bytesRead) === '#!' ? undefined : await realpath(httpd);
  } catch {
    return httpd; // it was removed: its processes still have the name
  }
}
