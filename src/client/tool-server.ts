import { messageOf } from '../errors/agent-error.ts';
import { emit } from '../observe/events.ts';
import { IPC_FLAG, IPC_OP, type ProxyNotifyFields } from '../protocol/ipc-proxy.ts';
import type { RemoteClient } from './client.ts';
import type { ClientEvent } from './events.ts';

/** A tool in the container that talks to a server of the cluster, such as `crm_attribute` to `attrd`. */
export interface ToolSession {
  readonly id: string;
  /** The server that it wants: `cib_ro`, `cib_rw`, `attrd`, `crmd`, `stonith-ng`, `pacemakerd`. */
  readonly server: string;
  /** What the tool calls itself. */
  readonly client: string;
  /** The user that it runs as, as the daemon says. */
  readonly user: string;
  /** Sends what the tool did not ask for. */
  event(message: string): Promise<void>;
  /** Ends it: the tool sees the server go away. */
  close(): Promise<void>;
}

/** Answers tools in place of a cluster. Messages are XML, one element, as the tool wrote it. */
export interface ToolHandler {
  /** Whether there is such a server; default: there is. */
  accepts?(session: ToolSession): boolean;
  /** @returns the answer; undefined: there is none */
  request(message: string, session: ToolSession): string | undefined | Promise<string | undefined>;
  /** The tool has gone. */
  closed?(session: ToolSession): void;
}

/**
 * Lets a controller serve the tools of a container, as a cluster's does: give the result to `connect` as `onEvent`, with
 * `isIpcProvider: true`, and the client to `attach` once it is there [protocol 6.4].
 *
 * @example
 * const tools = serveTools({ request: (message) => answerTo(message) });
 * const client = await RemoteClient.connect({ host, key, isIpcProvider: true, onEvent: tools.onEvent });
 * tools.attach(client);
 */
export function serveTools(handler: ToolHandler): {
  readonly onEvent: (event: ClientEvent) => void;
  attach(client: RemoteClient): void;
} {
  const sessions = new Map<string, ToolSession>();
  const { promise: connected, resolve: attach } = Promise.withResolvers<RemoteClient>();
  const send = async (op: string, session: string, message?: string, messageId?: number): Promise<void> => {
    const client = await connected;
    await client
      .forward({
        op,
        session,
        ...(message === undefined ? {} : { message }),
        ...(messageId === undefined ? {} : { messageId }),
      })
      // Of a connection that has ended there is nobody left to serve.
      .catch(() => undefined);
  };
  const open = ({ session: id = '', server = '', client = '', user = '' }: ProxyNotifyFields): void => {
    const session: ToolSession = {
      id,
      server,
      client,
      user,
      event: (message) => send(IPC_OP.event, id, message),
      close: () => {
        sessions.delete(id);
        return send(IPC_OP.destroy, id);
      },
    };
    if (handler.accepts?.(session) === false) {
      void session.close();
    } else {
      sessions.set(id, session);
    }
  };
  const answer = async (fields: ProxyNotifyFields): Promise<void> => {
    const { session: id = '', message = '', messageId, flags = 0 } = fields;
    const session = sessions.get(id);
    if (session === undefined) {
      await send(IPC_OP.destroy, id);
      return;
    }
    try {
      const reply = await handler.request(message, session);
      if (reply !== undefined && ((flags & IPC_FLAG.clientResponse) !== 0 || messageId !== undefined)) {
        await send(IPC_OP.response, id, reply, messageId);
      }
    } catch (error) {
      emit('proxy.invalid', { op: fields.op, reason: messageOf(error) });
      await session.close();
    }
  };
  const onEvent = (event: ClientEvent): void => {
    if (event.type !== 'proxy') {
      return;
    }
    const { proxy } = event;
    if (proxy.op === IPC_OP.new) {
      open(proxy);
    } else if (proxy.op === IPC_OP.request) {
      void answer(proxy);
    } else if (proxy.op === IPC_OP.destroy) {
      const session = sessions.get(proxy.session ?? '');
      sessions.delete(proxy.session ?? '');
      if (session !== undefined) {
        handler.closed?.(session);
      }
    }
  };
  return { onEvent, attach };
}
