import { HttpFailure } from './http-question.ts';
import { LinkedAbort } from './linked-abort.ts';
import { explainNetworkError } from './network-error.ts';

/** The time that a question may take, and what is said when it took more. */
export class Limits {
  readonly #over: LinkedAbort;
  readonly #total: NodeJS.Timeout;
  #connecting: NodeJS.Timeout | undefined;
  #question: string;

  /** The time runs from now on; `question` in words. */
  constructor(signal: AbortSignal, question: string, timeoutMs: number) {
    this.#over = new LinkedAbort(signal);
    this.#question = question;
    this.#total = setTimeout(() => {
      this.#end(this.#connecting === undefined ? 'no complete answer' : 'no connection', timeoutMs);
    }, timeoutMs);
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** A connection is tried, for `question` in words. */
  connecting(question: string, limitMs: number): void {
    this.connected();
    this.#question = question;
    this.#connecting = setTimeout(() => this.#end('no connection', limitMs), limitMs);
  }

  /** The connection stands, TLS included. */
  connected(): void {
    clearTimeout(this.#connecting);
    this.#connecting = undefined;
  }

  /** Nothing ticks on. */
  clear(): void {
    this.#over.release();
    clearTimeout(this.#total);
    this.connected();
  }

  /**
   * Says what became of the question.
   * @throws HttpFailure, or the signal's reason
   */
  fail(error: unknown): never {
    this.signal.throwIfAborted();
    const { code = '' } = error as NodeJS.ErrnoException;
    const { kind, words } = explainNetworkError(error);
    const isOwnMistake = code.startsWith('ERR_INVALID') || code === 'ERR_UNESCAPED_CHARACTERS';
    const reason = `Expected an answer to ${this.#question}, got ${words}`.replace(/\s+/g, ' ');
    throw new HttpFailure(isOwnMistake ? 'question' : kind, reason, { cause: error });
  }

  #end(missing: string, limitMs: number): void {
    const reason = `Expected an answer to ${this.#question}, got ${missing} within ${limitMs} ms`;
    this.#over.abort(new HttpFailure('timeout', reason));
  }
}
