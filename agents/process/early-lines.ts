import { type FileHandle, open } from 'node:fs/promises';
import type { Pattern } from './kinds.ts';

/** So much is read before others get their turn. */
const PIECE_BYTES = 64 * 1024;

/** Lines that the application has written since its start, each of which is looked at once [init/shim-output.c]. */
export class EarlyLines {
  readonly #path: string;
  #offset = 0;
  /** Of the last line, which has no end yet. */
  #rest = '';
  #isFound = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** Whether one of them matches. Without the file an earlier start has seen it already. */
  async have(pattern: Pattern): Promise<boolean> {
    if (this.#isFound) {
      return true;
    }
    const file = await open(this.#path, 'r').catch(() => undefined);
    if (file === undefined) {
      return true;
    }
    try {
      this.#isFound = await this.#readOn(file, pattern);
    } finally {
      await file.close();
    }
    return this.#isFound;
  }

  async #readOn(file: FileHandle, pattern: Pattern): Promise<boolean> {
    const { size } = await file.stat();
    if (size < this.#offset) {
      this.#offset = 0; // it had grown long and begun anew
      this.#rest = '';
    }
    const buffer = Buffer.alloc(PIECE_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, PIECE_BYTES, this.#offset);
      if (bytesRead === 0) {
        return false;
      }
      this.#offset += bytesRead;
      // Bytes, one character each, until the line is whole: a piece may end within a character.
      const lines = (this.#rest + buffer.toString('latin1', 0, bytesRead)).split('\n');
      this.#rest = lines.pop() ?? '';
      if (lines.some((line) => pattern.test(Buffer.from(line, 'latin1').toString()))) {
        return true;
      }
    }
  }
}
