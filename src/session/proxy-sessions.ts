import { crypto } from '../native/crypto.ts';
import { emit } from '../observe/events.ts';
import { IPC_FLAG, IPC_OP, type ProxyFields, writeProxyNotify } from '../protocol/ipc-proxy.ts';
import type { Relay, RelayClient, RelayRequest, RelaySession } from '../protocol/ipc-relay.ts';
import { OUTPUT_CAP_BYTES } from '../transport/tls-session.ts';
import type { Provider, Providers } from './providers.ts';

/**
 * With more than this waiting for a controller, nothing of local clients is added: beyond the cap its connection is cut, and
 * the cluster would take the whole node for lost. What is left is for results, which no tool may crowd out.
 */
export const RELAYED_CEILING_BYTES = OUTPUT_CAP_BYTES / 2;

interface OpenSession {
  readonly server: string;
  readonly client: RelayClient;
  provider: Provider;
  hasAsked: boolean;
  /** Requests whose response has not come. */
  readonly unanswered: Set<number>;
}

/** Servers for which every request stands alone: a connection has no state there. */
const STATELESS: ReadonlySet<string> = new Set(['attrd']);

/**
 * Sessions of local clients by their id, each bound to the provider it was opened under [protocol 6.3]. When that one
 * leaves, a session goes on with the newest of those who remain if that one needs to know nothing of what went before;
 * else it ends, and its client may connect again.
 */
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
    const session = { server, client, provider, hasAsked: false, unanswered: new Set<number>() };
    this.#sessions.set(id, session);
    emit('proxy.opened', { session: id, server, peer: provider.peer });
    announce(id, session);
    return {
      id,
      request: (request) => {
        const problem = this.#sessions.has(id) ? ask(id, session, request) : undefined;
        if (problem !== undefined) {
          // The client would wait for an answer to what the cluster never hears of.
          retire(id, session);
          this.#end(id, session, problem);
        }
      },
      close: () => {
        if (this.#forget(id, 'the local client left')) {
          retire(id, session);
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
      found.unanswered.delete(fields.messageId ?? 0);
      found.client.onResponse(fields.messageId ?? 0, fields.message);
    }
  }

  /** Its sessions move to the newest one that is left, or end. */
  providerLeft(provider: Provider): void {
    const { newest } = this.#providers;
    for (const [id, session] of this.#sessions) {
      if (session.provider !== provider) {
        continue;
      }
      if (newest !== undefined && isMovable(session)) {
        session.provider = newest;
        emit('proxy.moved', { session: id, server: session.server, peer: newest.peer });
        announce(id, session);
      } else {
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

/** Nothing was asked yet, or nothing is open and the server keeps nothing of a connection. */
const isMovable = ({ server, hasAsked, unanswered }: OpenSession): boolean =>
  !hasAsked || (STATELESS.has(server) && unanswered.size === 0);

function announce(id: string, { provider, server }: OpenSession): void {
  provider.send(writeProxyNotify({ op: IPC_OP.new, server, session: id }));
}

/** The provider need not serve it any more. */
function retire(id: string, { provider }: OpenSession): void {
  provider.send(writeProxyNotify({ op: IPC_OP.destroy, session: id }));
}

/** @returns why it could not be sent, if so */
function ask(id: string, session: OpenSession, request: RelayRequest): string | undefined {
  const { messageId, flags, user, pid, message } = request;
  const { peer, waitingBytes } = session.provider;
  if (waitingBytes > RELAYED_CEILING_BYTES) {
    emit('proxy.congested', { session: id, server: session.server, peer, waitingBytes });
    return 'the controller does not keep up with what local clients ask';
  }
  session.hasAsked = true;
  if ((flags & IPC_FLAG.clientResponse) !== 0) {
    session.unanswered.add(messageId);
  }
  const isSent = session.provider.send(
    writeProxyNotify({
      op: IPC_OP.request,
      session: id,
      client: `proxy-${session.server}-${pid}-${id.slice(0, 8)}`,
      user,
      messageId,
      flags: flags | IPC_FLAG.proxied,
      message,
    }),
  );
  return isSent ? undefined : 'a request was too large for the cluster';
}
