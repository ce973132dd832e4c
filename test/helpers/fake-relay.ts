import { randomUUID } from 'node:crypto';
import type { Relay, RelayClient, RelayRequest, RelaySession } from '../../src/protocol/ipc-relay.ts';
import type { FakeCluster } from './fake-cluster.ts';

/** Our side of the proxy with a fake cluster right behind it: no connection, no daemon. */
export class FakeRelay implements Relay {
  hasProvider = true;
  readonly #cluster: FakeCluster;
  readonly #clients = new Map<string, RelayClient>();

  constructor(cluster: FakeCluster) {
    this.#cluster = cluster;
  }

  /** Sessions that nobody closed: an audit. */
  get sessions(): number {
    return this.#clients.size;
  }

  open(server: string, client: RelayClient): RelaySession | undefined {
    if (!this.hasProvider || !this.#cluster.hasServer(server)) {
      return undefined;
    }
    const id = randomUUID();
    this.#clients.set(id, client);
    return {
      id,
      request: (request) => void this.#answer(server, id, request),
      close: () => void this.#clients.delete(id),
    };
  }

  /** The controller leaves. */
  leave(): void {
    this.hasProvider = false;
    const clients = [...this.#clients.values()];
    this.#clients.clear();
    for (const client of clients) {
      client.onClose('the provider left');
    }
  }

  async #answer(
    server: string,
    session: string,
    { message, user, flags, messageId }: RelayRequest,
  ): Promise<void> {
    const isWaiting = (flags & 0x200) !== 0;
    for (const { as, text } of await this.#cluster.answer({
      server,
      session,
      text: message,
      user,
      isWaiting,
    })) {
      const client = this.#clients.get(session);
      if (as === 'response') {
        client?.onResponse(messageId, text);
      } else {
        client?.onEvent(text);
      }
    }
  }
}
