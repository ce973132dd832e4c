import type { Clock, Timer } from '../../../src/observe/clock.ts';

/** A clock on which time passes as soon as somebody waits for it: what takes seconds is over at once, in the right order. */
export class ImpatientClock implements Clock {
  #ms = 1_000_000;
  readonly #alarms = new Set<{ readonly atMs: number; readonly fire: () => void }>();

  nowMs(): number {
    return this.#ms;
  }

  epochSeconds(): number {
    return Math.floor(this.#ms / 1000);
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    const alarm = { atMs: this.#ms + delayMs, fire };
    this.#alarms.add(alarm);
    setImmediate(() => this.#fireNext());
    return { cancel: () => void this.#alarms.delete(alarm) };
  }

  #fireNext(): void {
    const [next] = [...this.#alarms].sort((one, other) => one.atMs - other.atMs);
    if (next !== undefined) {
      this.#alarms.delete(next);
      this.#ms = Math.max(this.#ms, next.atMs);
      next.fire();
    }
  }
}
