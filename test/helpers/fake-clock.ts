import type { Clock, Timer } from '../../src/observe/clock.ts';

interface Alarm {
  readonly atMs: number;
  readonly fire: () => void;
}

/** A clock that stands still until it is told otherwise. */
export class FakeClock implements Clock {
  ms = 1_000_000;
  readonly #alarms = new Set<Alarm>();

  /** Timers that wait; an audit for forgotten ones. */
  get waiting(): number {
    return this.#alarms.size;
  }

  nowMs(): number {
    return this.ms;
  }

  epochSeconds(): number {
    return Math.floor(this.ms / 1000);
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    const alarm = { atMs: this.ms + delayMs, fire };
    this.#alarms.add(alarm);
    return { cancel: () => void this.#alarms.delete(alarm) };
  }

  /** Lets time pass; what becomes due meanwhile happens in its order and at its time. */
  advance(byMs: number): void {
    const end = this.ms + byMs;
    for (;;) {
      const due = [...this.#alarms]
        .filter(({ atMs }) => atMs <= end)
        .sort((one, other) => one.atMs - other.atMs)[0];
      if (due === undefined) {
        break;
      }
      this.#alarms.delete(due);
      this.ms = Math.max(this.ms, due.atMs);
      due.fire();
    }
    this.ms = end;
  }
}
