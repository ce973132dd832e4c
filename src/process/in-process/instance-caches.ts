/** So many resources are remembered; the one that was asked for the longest time ago goes first. */
export const CACHES_LIMIT = 200;

/** What agents remember of their resources from action to action [agents/kit/host.ts: Host.cache]. */
export class InstanceCaches {
  readonly #caches = new Map<string, Map<string, unknown>>();

  /** Of one agent and resource. */
  get(agent: string, instance: string): Map<string, unknown> {
    const key = `${agent}\0${instance}`;
    const cache = this.#caches.get(key) ?? new Map<string, unknown>();
    // A map's order is that of insertion: so the first is the oldest.
    this.#caches.delete(key);
    this.#caches.set(key, cache);
    for (const oldest of this.#caches.keys()) {
      if (this.#caches.size <= CACHES_LIMIT) {
        break;
      }
      this.#caches.delete(oldest);
    }
    return cache;
  }

  drop(agent: string, instance: string): void {
    this.#caches.delete(`${agent}\0${instance}`);
  }

  /** The resource is gone, whichever agent it had. */
  dropInstance(instance: string): void {
    for (const key of [...this.#caches.keys()]) {
      if (key.endsWith(`\0${instance}`)) {
        this.#caches.delete(key);
      }
    }
  }
}
