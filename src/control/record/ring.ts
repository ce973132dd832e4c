/** Keeps the newest so many. */
export class Ring<T> {
  readonly #limit: number;
  readonly #kept: T[] = [];
  /** Where the oldest is, once it is full. */
  #first = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(value: T): void {
    if (this.#kept.length < this.#limit) {
      this.#kept.push(value);
      return;
    }
    this.#kept[this.#first] = value;
    this.#first = (this.#first + 1) % this.#limit;
  }

  /** The newest one. */
  get last(): T | undefined {
    return this.#kept.at(this.#first - 1);
  }

  /** Puts another one in place of the newest. */
  replaceLast(value: T): void {
    this.#kept[(this.#first - 1 + this.#kept.length) % this.#kept.length] = value;
  }

  /** Oldest first. */
  toArray(): T[] {
    return [...this.#kept.slice(this.#first), ...this.#kept.slice(0, this.#first)];
  }
}
