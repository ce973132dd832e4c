import type { SecureConnection } from './secure-connection.ts';

/** Two ends of a connection inside the process: what a controller needs that lives in the daemon itself. */
export function memoryConnections(names: {
  readonly here: string;
  readonly there: string;
}): readonly [SecureConnection, SecureConnection] {
  const here = new MemoryConnection(names.there);
  const there = new MemoryConnection(names.here);
  here.other = there;
  there.other = here;
  return [here, there];
}

/** Delivers in later turns of the event loop, in order, as a socket does. */
class MemoryConnection implements SecureConnection {
  readonly peer: string;
  readonly description = 'inside the process';
  readonly waitingBytes = 0;
  other: MemoryConnection | undefined;
  #isClosed = false;
  #kept: Buffer[] = [];
  #end: { readonly reason: string; readonly clean: boolean } | undefined;
  #onData: ((chunk: Buffer) => void) | undefined;
  #onClose: ((reason: string, clean: boolean) => void) | undefined;
  #isScheduled = false;

  constructor(peer: string) {
    this.peer = peer;
  }

  get closed(): boolean {
    return this.#isClosed;
  }

  get onData(): (chunk: Buffer) => void {
    return this.#onData ?? (() => undefined);
  }

  set onData(handler: (chunk: Buffer) => void) {
    this.#onData = handler;
    this.#schedule();
  }

  get onClose(): (reason: string, clean: boolean) => void {
    return this.#onClose ?? (() => undefined);
  }

  set onClose(handler: (reason: string, clean: boolean) => void) {
    this.#onClose = handler;
    this.#schedule();
  }

  send(header: Buffer, payload: Buffer): void {
    if (!this.#isClosed) {
      this.other?.take(Buffer.concat([header, payload]));
    }
  }

  close(reason: string): void {
    if (!this.#isClosed) {
      this.#ended(reason);
      this.other?.farewell();
    }
  }

  take(bytes: Buffer): void {
    if (!this.#isClosed) {
      this.#kept.push(bytes);
      this.#schedule();
    }
  }

  /** The other end closed: what it sent before is delivered first. */
  farewell(): void {
    if (!this.#isClosed) {
      this.#ended('the other end closed');
    }
  }

  #ended(reason: string): void {
    this.#isClosed = true;
    this.#end = { reason, clean: true };
    this.#schedule();
  }

  #schedule(): void {
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(() => this.#deliver());
    }
  }

  #deliver(): void {
    this.#isScheduled = false;
    if (this.#onData !== undefined) {
      for (const bytes of this.#kept.splice(0)) {
        this.#onData(bytes);
      }
    }
    if (this.#end !== undefined && this.#onClose !== undefined) {
      const { reason, clean } = this.#end;
      this.#end = undefined;
      this.#onClose(reason, clean);
    }
  }
}
