/** So many places that were given up are taken out at once. */
const COMPACT_AT = 256;

/** First in, first out, without moving what waits at each step. */
export class Fifo<Item> {
  #items: (Item | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** The oldest; undefined when it is empty. */
  get first(): Item | undefined {
    return this.#items[this.#head];
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  /** Lets the oldest go. */
  drop(): void {
    this.#items[this.#head] = undefined;
    this.#head = Math.min(this.#head + 1, this.#items.length);
    if (this.#head === this.#items.length || this.#head >= COMPACT_AT) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
  }
}
