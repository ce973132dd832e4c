/** A connection that is not authenticated yet. */
export interface PendingPeer {
  /** It has sent something. */
  readonly spoke: boolean;
}

/** A peer younger than this is let finish: a handshake takes milliseconds, 200 at once with TLS 1.2 some seconds. */
export const GRACE_MS = 3000;
/** However young, never more pending peers than this many times the cap. */
export const BURST_FACTOR = 8;

/**
 * Who is in the middle of a handshake, and who has to go when there are too many. The newcomer never has to, so
 * silent connections cannot lock a good one out: see the room's README.
 */
export class PendingPeers<Peer extends PendingPeer> {
  readonly #since = new Map<Peer, number>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#since.size;
  }

  /** Oldest first. */
  all(): Peer[] {
    return [...this.#since.keys()];
  }

  add(peer: Peer, nowMs: number): void {
    this.#since.set(peer, nowMs);
  }

  remove(peer: Peer): boolean {
    return this.#since.delete(peer);
  }

  /** Who must go before one more is added; `undefined` when there is room, or everybody may be about to finish. */
  victim(nowMs: number): Peer | undefined {
    if (this.size < this.#capacity) {
      return undefined;
    }
    const full = this.size >= this.#capacity * BURST_FACTOR;
    return this.#oldest(full ? Number.POSITIVE_INFINITY : nowMs - GRACE_MS);
  }

  /** The oldest that came at or before a moment, first of those that never spoke. */
  #oldest(untilMs: number): Peer | undefined {
    let talker: Peer | undefined;
    for (const [peer, sinceMs] of this.#since) {
      if (sinceMs > untilMs) {
        break;
      }
      if (!peer.spoke) {
        return peer;
      }
      talker ??= peer;
    }
    return talker;
  }
}
