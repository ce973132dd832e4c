/**
 * Events for one reader, as an async iterator. What comes while the reader is busy is kept, in order; the reader
 * leaves by `break`, or the writer ends it.
 */
export class EventQueue<T> implements AsyncIterableIterator<T> {
  readonly #kept: T[] = [];
  readonly #onLeave: () => void;
  #waiting: ((result: IteratorResult<T>) => void)[] = [];
  #isEnded = false;

  constructor(onLeave: () => void = () => undefined) {
    this.#onLeave = onLeave;
  }

  push(event: T): void {
    if (this.#isEnded) {
      return;
    }
    const reader = this.#waiting.shift();
    if (reader === undefined) {
      this.#kept.push(event);
    } else {
      reader({ value: event, done: false });
    }
  }

  /** No more events; what is kept is still read. */
  end(): void {
    this.#isEnded = true;
    for (const reader of this.#waiting) {
      reader({ value: undefined, done: true });
    }
    this.#waiting = [];
  }

  next(): Promise<IteratorResult<T>> {
    const event = this.#kept.shift();
    if (event !== undefined) {
      return Promise.resolve({ value: event, done: false });
    }
    if (this.#isEnded) {
      return Promise.resolve({ value: undefined, done: true });
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<IteratorResult<T>> {
    this.end();
    this.#kept.length = 0;
    this.#onLeave();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
