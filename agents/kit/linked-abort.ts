/**
 * An AbortController that follows a signal, too, until it is told not to. `AbortSignal.any` would not have to be told, but
 * it leaves weak references, and V8 keeps all that hangs on such until its next full collection: 20 KB for each call of an
 * agent, and most of the work of its small collections.
 */
export class LinkedAbort {
  readonly #own = new AbortController();
  readonly #followed: AbortSignal;
  readonly #onAbort = (): void => this.#own.abort(this.#followed.reason);

  constructor(followed: AbortSignal) {
    this.#followed = followed;
    if (followed.aborted) {
      this.#onAbort();
    } else {
      followed.addEventListener('abort', this.#onAbort, { once: true });
    }
  }

  /** Aborted by either; the first reason stays. */
  get signal(): AbortSignal {
    return this.#own.signal;
  }

  abort(reason: unknown): void {
    this.#own.abort(reason);
  }

  /** Follows no more. Whoever makes one must call it in the end. */
  release(): void {
    this.#followed.removeEventListener('abort', this.#onAbort);
  }
}
