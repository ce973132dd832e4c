import type { XmlElement } from '../protocol/xml-tree.ts';

/** A connected peer, as far as the others are concerned. */
export interface Peer {
  readonly id: string;
  /** Set by its first named request; before that it gets no notifications [protocol 3.1]. */
  readonly name: string | undefined;
  send(message: XmlElement): void;
}

/** Everybody who is connected. */
export class Peers {
  readonly #peers = new Map<string, Peer>();

  add(peer: Peer): void {
    this.#peers.set(peer.id, peer);
  }

  remove(peer: Peer): void {
    this.#peers.delete(peer.id);
  }

  /** Whether any executor client is left; strangers that only hold a connection don't count [protocol 3.8]. */
  get hasNamed(): boolean {
    return [...this.#peers.values()].some((peer) => peer.name !== undefined);
  }

  /** Sends to every named peer but one. */
  notify(message: XmlElement, except?: Peer): void {
    for (const peer of this.#peers.values()) {
      if (peer.name !== undefined && peer !== except) {
        peer.send(message);
      }
    }
  }

  /** Sends to one peer, if it is still there. */
  notifyOne(id: string, message: XmlElement): void {
    const peer = this.#peers.get(id);
    if (peer?.name !== undefined) {
      peer.send(message);
    }
  }
}
