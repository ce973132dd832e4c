import { messageOf } from '../errors/agent-error.ts';
import { emit } from '../observe/events.ts';

type DataHandler = (chunk: Buffer) => void;
type CloseHandler = (reason: string, clean: boolean) => void;

const ignore = (): void => undefined;

/** The two handlers of a connection's owner. The end is told once, and kept for an owner that asks late. */
export class OwnerCalls {
  #onData: DataHandler | undefined;
  #onClose: CloseHandler | undefined;
  #pending: (() => void) | undefined;

  /** Whether plaintext can be delivered. */
  get ready(): boolean {
    return this.#onData !== undefined;
  }

  get onData(): DataHandler {
    return this.#onData ?? ignore;
  }

  set onData(handler: DataHandler) {
    this.#onData = handler;
  }

  get onClose(): CloseHandler {
    return this.#onClose ?? ignore;
  }

  set onClose(handler: CloseHandler) {
    this.#onClose = handler;
    this.#schedule();
  }

  /** Tells the end, after whatever the owner is doing now. */
  close(peer: string, reason: string, clean: boolean): void {
    this.#pending = () => {
      try {
        this.#onClose?.(reason, clean);
      } catch (thrown) {
        emit('tls.handler-failed', { peer, error: messageOf(thrown) });
      }
    };
    this.#schedule();
  }

  #schedule(): void {
    const pending = this.#pending;
    if (pending !== undefined && this.#onClose !== undefined) {
      this.#pending = undefined;
      process.nextTick(pending);
    }
  }
}
