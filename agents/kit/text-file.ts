import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** More than any file of settings or certificates has. */
const LIMIT_BYTES = 1024 * 1024;

/**
 * What is in a small file of text. Never waits, whatever lies at the path: a FIFO or a device is none, but for `/dev/null`, which is empty.
 * @throws Error with `code`: errno's word, `EFTYPE` where it is no file, or `EFBIG` if it has more than 1 MiB
 */
export async function readTextFile(path: string): Promise<string> {
  if (path === '/dev/null') {
    return ''; // as people write "none"
  }
  let file: FileHandle | undefined;
  try {
    // A FIFO without a writer would hold an open for ever.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await file.stat();
    if (!found.isFile()) {
      throw Object.assign(new Error(`Expected a file at ${path}, got something else`), { code: 'EFTYPE' });
    }
    if (found.size > LIMIT_BYTES) {
      const text = `Expected a file of at most ${LIMIT_BYTES} bytes at ${path}, got ${found.size}`;
      throw Object.assign(new Error(text), { code: 'EFBIG' });
    }
    return await file.readFile('utf8');
  } finally {
    await file?.close();
  }
}
