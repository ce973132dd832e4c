import { checkXml, type XmlCheck } from '../protocol/xml-check.ts';
import type { IpcMessage } from '../wire/ipc-reader.ts';
import { IPC_TEXT_LIMIT_BYTES } from '../wire/limits.ts';

/** Requests that may be in the line together, in characters: two of the largest. */
const LINE_LIMIT = 2 * IPC_TEXT_LIMIT_BYTES;

export interface RequestLineOptions {
  /** One that may be put into another document. */
  readonly onRequest: (request: IpcMessage) => void;
  /** It was not well-formed and is told without what was lost; before `onRequest`. */
  readonly onRepaired: (damage: string) => void;
  /** One can't be used; the line is closed. */
  readonly onFault: (reason: string) => void;
}

/**
 * Requests of one client while their texts are checked: in order, at once where the line is empty and the text is small.
 * Large ones are checked in slices, and nothing may overtake them.
 */
export class RequestLine {
  readonly #options: RequestLineOptions;
  readonly #waiting: IpcMessage[] = [];
  #waitingLength = 0;
  #isChecking = false;
  #isClosed = false;

  constructor(options: RequestLineOptions) {
    this.#options = options;
  }

  /** Nothing happens when it was closed. */
  add(request: IpcMessage): void {
    if (this.#isClosed) {
      return;
    }
    this.#waiting.push(request);
    this.#waitingLength += request.text.length;
    if (this.#waitingLength > LINE_LIMIT) {
      this.#fail(
        `Expected a client to wait while its requests are checked, ${this.#waiting.length} are in line`,
      );
    } else if (!this.#isChecking) {
      this.#work();
    }
  }

  /** Drops what is in it, and what is still to come. */
  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
  }

  #work(): void {
    for (let request = this.#next(); request !== undefined; request = this.#next()) {
      const checked = checkXml(request.text);
      if (checked instanceof Promise) {
        this.#isChecking = true;
        this.#passLater(request, checked);
        return;
      }
      this.#pass(request, checked);
    }
  }

  async #passLater(request: IpcMessage, checking: Promise<XmlCheck>): Promise<void> {
    const checked = await checking;
    this.#isChecking = false;
    if (!this.#isClosed) {
      this.#pass(request, checked);
      this.#work();
    }
  }

  #next(): IpcMessage | undefined {
    const next = this.#isChecking ? undefined : this.#waiting.shift();
    this.#waitingLength -= next?.text.length ?? 0;
    return next;
  }

  #pass(request: IpcMessage, checked: XmlCheck): void {
    if ('refused' in checked) {
      this.#fail(checked.refused);
      return;
    }
    if (checked.damage !== undefined) {
      this.#options.onRepaired(checked.damage);
    }
    this.#options.onRequest({ ...request, text: checked.text });
  }

  #fail(reason: string): void {
    if (!this.#isClosed) {
      this.close();
      this.#options.onFault(reason);
    }
  }
}
