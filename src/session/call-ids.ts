const LAST = 2 ** 31 - 1;

/** Numbers every request of every client: 1, 2, … 2³¹−1, 1 … [protocol 3.5]. */
export class CallIds {
  #last = 0;

  next(): number {
    this.#last = this.#last === LAST ? 1 : this.#last + 1;
    return this.#last;
  }
}
