import { crypto } from '../native/crypto.ts';
import { emit } from '../observe/events.ts';
import { IPC_FLAG, IPC_OP, type ProxyFields, writeProxyNotify } from '../protocol/ipc-proxy.ts';
import type { Relay, RelayClient, RelayRequest, RelaySession } from '../protocol/ipc-relay.ts';
import type { Provider, Providers } from './providers.ts';

interface OpenSession {
  readonly provider: Provider;
  readonly client: RelayClient;
}

/** Sessions of local clients by their id, each bound to the provider it was opened under [protocol 6.3]. */
export class ProxySessions implements Relay {
  readonly #providers: Providers;
  readonly #sessions = new Map<string, OpenSession>();

  constructor(providers: Providers) {
    this.#providers = providers;
  }

  open(server: string, client: RelayClient): RelaySession | undefined {
    const provider = this.#providers.newest;
    if (provider === undefined) {
      return undefined;
    }
    const id = crypto().randomUUID();
    this.#sessions.set(id, { provider, client });
    emit('proxy.opened', { session: id, server, peer: provider.peer });
    provider.send(writeProxyNotify({ op: IPC_OP.new, server, session: id }));
    return {
      id,
      request: (request) => {
        if (this.#sessions.has(id)) {
          provider.send(writeRequest(server, id, request));
        }
      },
      close: () => {
        if (this.#forget(id, 'the local client left')) {
          provider.send(writeProxyNotify({ op: IPC_OP.destroy, session: id }));
        }
      },
    };
  }

  /** What a provider sends for a local client. A session that is not its own does not exist for it. */
  forward(from: Provider, fields: ProxyFields): void {
    const { session = '' } = fields;
    const found = this.#sessions.get(session);
    if (found?.provider !== from) {
      emit('proxy.stray', { peer: from.peer, session, op: fields.op });
      from.send(writeProxyNotify({ op: IPC_OP.destroy, session }));
      return;
    }
    if (fields.op === IPC_OP.destroy) {
      this.#end(session, found, 'the cluster closed it');
    } else if (fields.message === undefined) {
      emit('proxy.invalid', {
        peer: from.peer,
        session,
        op: fields.op,
        reason: 'Expected lrmd_ipc_msg with a message',
      });
    } else if (fields.op === IPC_OP.event) {
      found.client.onEvent(fields.message);
    } else {
      found.client.onResponse(fields.messageId ?? 0, fields.message);
    }
  }

  /** Its sessions end, even if another provider is there [protocol 3.7]. */
  providerLeft(provider: Provider): void {
    for (const [id, session] of this.#sessions) {
      if (session.provider === provider) {
        this.#end(id, session, 'the provider left');
      }
    }
  }

  #end(id: string, { client }: OpenSession, reason: string): void {
    this.#forget(id, reason);
    client.onClose(reason);
  }

  #forget(id: string, reason: string): boolean {
    const wasOpen = this.#sessions.delete(id);
    if (wasOpen) {
      emit('proxy.closed', { session: id, reason });
    }
    return wasOpen;
  }
}

function writeRequest(server: string, session: string, request: RelayRequest) {
  return writeProxyNotify({
    op: IPC_OP.request,
    session,
    client: `proxy-${server}-${request.pid}-${session.slice(0, 8)}`,
    user: request.user,
    messageId: request.messageId,
    flags: request.flags | IPC_FLAG.proxied,
    message: request.message,
  });
}
