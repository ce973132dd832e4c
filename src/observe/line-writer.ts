import { writeSync } from 'node:fs';
import type { Clock, Timer } from './clock.ts';

/** What is kept for a reader that is slow, in bytes; more is lost, and counted. */
export const KEPT_LIMIT_BYTES = 1024 * 1024;

/** How soon a full pipe or disk is tried again, in ms. */
const RETRY_MS = 100;

/**
 * Writes lines to a descriptor, at once where that is possible: a daemon that crashes leaves its last words. Never
 * waits for a slow reader and never leaves half of a line: the rest of it goes first when there is room again.
 */
export class LineWriter {
  readonly #descriptor: number;
  readonly #clock: Clock;
  #kept: Buffer = Buffer.alloc(0);
  #lostLines = 0;
  #retry: Timer | undefined;

  constructor(descriptor: number, clock: Clock) {
    this.#descriptor = descriptor;
    this.#clock = clock;
  }

  /** `makeLine` gets the number of lines that were lost before this one, to tell it. */
  write(makeLine: (lostLines: number) => string): void {
    this.#flush();
    const line = Buffer.from(`${makeLine(this.#lostLines)}\n`);
    if (this.#kept.length + line.length > KEPT_LIMIT_BYTES) {
      this.#lostLines += 1;
      return;
    }
    this.#lostLines = 0;
    this.#kept = this.#kept.length === 0 ? line : Buffer.concat([this.#kept, line]);
    this.#flush();
  }

  /** Tries once more and gives up what is left. */
  close(): void {
    this.#flush();
    this.#retry?.cancel();
    this.#kept = Buffer.alloc(0);
  }

  #flush(): void {
    try {
      while (this.#kept.length > 0) {
        this.#kept = this.#kept.subarray(writeSync(this.#descriptor, this.#kept));
      }
    } catch {
      // Full, or gone: there is nowhere to tell it but here, later.
      this.#retry ??= this.#clock.setTimer(RETRY_MS, () => {
        this.#retry = undefined;
        this.#flush();
      });
    }
  }
}
