import type { XmlElement } from '../protocol/xml-tree.ts';

/** A controller that serves our local clients and answers a shutdown request. */
export interface Provider {
  readonly id: string;
  /** Address and port, for the log. */
  readonly peer: string;
  /** What was sent to it and it has not taken yet, in bytes. */
  readonly waitingBytes: number;
  /** @returns false when it is too large to be sent; one that has left takes everything. */
  send(message: XmlElement): boolean;
}

/**
 * Controllers that registered as IPC providers, newest first: the newest serves new sessions and hears of a shutdown,
 * because an older one may be a connection whose end was not noticed yet [protocol 3.7].
 */
export class Providers {
  #providers: readonly Provider[] = [];

  get newest(): Provider | undefined {
    return this.#providers[0];
  }

  has(provider: Provider): boolean {
    return this.#providers.includes(provider);
  }

  /** One that registers again becomes the newest. */
  add(provider: Provider): void {
    this.#providers = [provider, ...this.#without(provider)];
  }

  /** @returns false if it was none. */
  remove(provider: Provider): boolean {
    const isKnown = this.has(provider);
    this.#providers = this.#without(provider);
    return isKnown;
  }

  #without(provider: Provider): readonly Provider[] {
    return this.#providers.filter((other) => other !== provider);
  }
}
