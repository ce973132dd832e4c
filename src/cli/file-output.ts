import { type FileHandle, open } from 'node:fs/promises';
import { AgentError, messageOf } from '../errors/agent-error.ts';
import { usageError } from './exit-status.ts';

export interface FileOutputOptions {
  /** What is there stays, and ours comes behind it. Default: it is replaced. */
  readonly append?: boolean;
  /** What goes beyond is left out. Default: nothing. */
  readonly limitBytes?: number;
}

/** A file that is written while a run goes on; nobody waits for the disk until the end. */
export class FileOutput {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #limitBytes: number;
  #length = 0;
  #written: Promise<void> = Promise.resolve();
  #error: unknown;

  private constructor(path: string, file: FileHandle, limitBytes: number) {
    this.#path = path;
    this.#file = file;
    this.#limitBytes = limitBytes;
  }

  /** @throws AgentError CONFIG_INVALID if the file can't be made: it is known before anything has run */
  static async open(path: string, options: FileOutputOptions = {}): Promise<FileOutput> {
    const { append = false, limitBytes = Number.POSITIVE_INFINITY } = options;
    try {
      return new FileOutput(path, await open(path, append ? 'a' : 'w'), limitBytes);
    } catch (cause) {
      throw usageError(`Expected a file that can be written, got ${messageOf(cause)}`, cause);
    }
  }

  write(text: string): void {
    const bytes = Buffer.from(text);
    const room = this.#limitBytes - this.#length;
    // Up to the end of a line: half of a letter would be no text.
    const end = bytes.length <= room ? bytes.length : bytes.lastIndexOf('\n', Math.max(0, room - 1)) + 1;
    this.#length = bytes.length <= room ? this.#length + end : this.#limitBytes;
    const part = bytes.subarray(0, end);
    this.#written = this.#written.then(async () => {
      if (this.#error === undefined && part.length > 0) {
        await this.#file.appendFile(part).catch((error: unknown) => {
          this.#error = error;
        });
      }
    });
  }

  /** Waits until all of it is written. @throws AgentError OUTPUT_FAILED if some of it could not be */
  async close(): Promise<void> {
    await this.#written;
    await this.#file.close().catch((error: unknown) => {
      this.#error ??= error;
    });
    if (this.#error !== undefined) {
      throw new AgentError('OUTPUT_FAILED', `Expected to write ${this.#path}, got ${messageOf(this.#error)}`);
    }
  }
}
