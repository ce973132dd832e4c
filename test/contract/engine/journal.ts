import { setTimeout as sleep } from 'node:timers/promises';
import type { ExpectedEvent, Pattern } from '../model.ts';
import { ContractFailure } from './failure.ts';
import { type Kept, matches, show } from './match.ts';

interface Entry {
  readonly atMs: number;
  readonly event: Readonly<Record<string, unknown>>;
}

const LOOK_EVERY_MS = 5;
/** Events shown with a failure. */
const SHOWN = 12;

/** What one peer was told, in its order, and how far the case has read. */
export class Journal {
  readonly #entries: Entry[] = [];
  #read = 0;
  #lastMs = performance.now();

  write(event: Readonly<Record<string, unknown>>): void {
    this.#entries.push({ atMs: performance.now(), event });
  }

  /** All that came by now. */
  get events(): readonly Readonly<Record<string, unknown>>[] {
    return this.#entries.map(({ event }) => event);
  }

  /** Whatever came until now is of no interest. */
  skip(): void {
    this.#read = this.#entries.length;
    this.#lastMs = performance.now();
  }

  /** Waits for an event, reads up to it and gives it. */
  async find(
    { event: pattern, afterMs }: ExpectedEvent,
    limitMs: number,
    kept: Kept,
  ): Promise<Readonly<Record<string, unknown>>> {
    const deadline = performance.now() + limitMs;
    for (;;) {
      const at = this.#entries.findIndex(
        ({ event }, index) => index >= this.#read && matches(pattern, event, kept),
      );
      const entry = this.#entries[at];
      if (entry !== undefined) {
        const tookMs = Math.round(entry.atMs - this.#lastMs);
        this.#read = at + 1;
        this.#lastMs = entry.atMs;
        if (afterMs !== undefined && !matches({ ...afterMs }, tookMs, kept)) {
          throw new ContractFailure(
            `Expected ${show(pattern)} after ${show({ ...afterMs })} ms, it came after ${tookMs}`,
          );
        }
        return entry.event;
      }
      if (performance.now() > deadline) {
        throw new ContractFailure(`Expected within ${limitMs} ms ${show(pattern)}, got ${this.#shown()}`);
      }
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** Waits for events that come in any order, and reads up to the last of them. */
  async findAll(expected: readonly ExpectedEvent[], limitMs: number, kept: Kept): Promise<void> {
    const from = this.#read;
    let furthest = from;
    for (const one of expected) {
      this.#read = from;
      await this.find(one, limitMs, kept);
      furthest = Math.max(furthest, this.#read);
    }
    this.#read = furthest;
  }

  /** Makes sure that an event does not come. */
  async miss(pattern: Pattern, forMs: number, kept: Kept): Promise<void> {
    const deadline = performance.now() + forMs;
    while (performance.now() < deadline) {
      const unread = this.#entries.slice(this.#read);
      if (unread.some(({ event }) => matches(pattern, event, kept))) {
        throw new ContractFailure(`Expected no ${show(pattern)} within ${forMs} ms, got ${this.#shown()}`);
      }
      await sleep(LOOK_EVERY_MS);
    }
  }

  #shown(): string {
    const unread = this.#entries.slice(this.#read);
    const from = Math.max(0, unread.length - SHOWN);
    const lines = unread.slice(from).map(({ event }) => JSON.stringify(event));
    return lines.length === 0 ? 'nothing' : `\n    ${lines.join('\n    ')}`;
  }
}
