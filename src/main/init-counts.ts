import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { Environment } from '../config/environment.ts';
import type { InitStatus } from '../control/model.ts';

/** As `init/counts.h` has them. */
const VERSION = 1;
const BYTES = 24;
const ORPHANS_AT = 8;
const RESTARTS_AT = 16;
const WORDS_AT = 64;
const WORDS_ROOM = 400;

/** The figures of pcmk-init, in a file without a name that it shares. */
export class InitCounts {
  readonly #descriptor: number | undefined;

  /** Opened anew, because programs that execa starts would inherit the descriptor as it came. */
  constructor(env: Environment) {
    this.#descriptor = reopened(env['BUNDLET_INIT_STATUS_FD'] ?? '');
  }

  /** Undefined where no pcmk-init started the daemon, or one of another version. */
  read(): InitStatus | undefined {
    if (this.#descriptor === undefined) {
      return undefined;
    }
    const bytes = Buffer.alloc(BYTES);
    const isWhole = readSync(this.#descriptor, bytes, 0, BYTES, 0) === BYTES;
    return isWhole && bytes.readUInt32LE(0) === VERSION
      ? {
          pid: bytes.readInt32LE(4),
          reapedOrphans: Number(bytes.readBigUInt64LE(ORPHANS_AT)),
          daemonRestarts: Number(bytes.readBigUInt64LE(RESTARTS_AT)),
        }
      : undefined;
  }

  /** What pcmk-init says last when the container ends because of it. */
  leaveLastWords(text: string): void {
    if (this.#descriptor !== undefined) {
      const words = Buffer.from(text).subarray(0, WORDS_ROOM - 1);
      writeSync(this.#descriptor, Buffer.concat([words, Buffer.alloc(1)]), 0, words.length + 1, WORDS_AT);
    }
  }
}

function reopened(text: string): number | undefined {
  if (!/^\d{1,9}$/.test(text)) {
    return undefined;
  }
  try {
    const descriptor = openSync(`/proc/self/fd/${text}`, 'r+');
    closeSync(Number(text));
    return descriptor;
  } catch {
    // Without /proc, or of an outer pcmk-init: there are no figures.
    return undefined;
  }
}
