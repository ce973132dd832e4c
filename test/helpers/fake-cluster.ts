// A cluster of which only the side is there that a Pacemaker Remote daemon sees: our controller library as the
// provider, and behind it servers in memory that satisfy Pacemaker's unmodified tools.
import { type ConnectOptions, IPC_OP, type ProxyNotifyFields, RemoteClient } from '../../src/client/index.ts';
import { IPC_FLAG } from '../../src/protocol/ipc-proxy.ts';
import { AttributeServer, type Attributes } from './fake-cluster/attribute-server.ts';
import { Cib } from './fake-cluster/cib.ts';
import { CibServer } from './fake-cluster/cib-server.ts';
import { ControllerServer } from './fake-cluster/controller-server.ts';
import { DEFAULT_CIB, NODES, REMOTE_NODE } from './fake-cluster/default-cib.ts';
import { FencerServer } from './fake-cluster/fencer-server.ts';
import type { Answer, Server } from './fake-cluster/server.ts';
import { parseXml } from './fake-cluster/xml.ts';

/** A request of a local client, as it came. */
export interface FakeRequest {
  readonly server: string;
  readonly session: string;
  /** The client's XML as text. */
  readonly text: string;
  readonly user: string;
  readonly isWaiting: boolean;
}

export interface FakeClusterOptions {
  /** Default: `DEFAULT_CIB`. */
  readonly cib?: string;
  /**
   * Answers in place of the server: a list, empty for silence; or undefined: the server may. May take its time, the
   * answers go out when it is done.
   */
  readonly override?: (
    request: FakeRequest,
  ) => readonly Answer[] | undefined | Promise<readonly Answer[] | undefined>;
}

/** The state of a cluster, and its servers. Several providers may stand before one. */
export class FakeCluster {
  readonly cib: Cib;
  readonly attributes: Attributes = new Map();
  /** Everything that was asked. */
  readonly requests: FakeRequest[] = [];
  readonly #servers: Readonly<Record<string, Server>>;
  readonly #override: NonNullable<FakeClusterOptions['override']>;

  constructor({ cib = DEFAULT_CIB, override = () => undefined }: FakeClusterOptions = {}) {
    this.cib = new Cib(cib);
    this.#override = override;
    const cibServer = new CibServer(this.cib);
    this.#servers = {
      cib_ro: cibServer,
      cib_rw: cibServer,
      attrd: new AttributeServer({
        attributes: this.attributes,
        cib: this.cib,
        nodes: NODES,
        nodeName: REMOTE_NODE,
      }),
      crmd: new ControllerServer(NODES, REMOTE_NODE),
      'stonith-ng': new FencerServer(),
    };
  }

  hasServer(name: string): boolean {
    return Object.hasOwn(this.#servers, name);
  }

  async answer(request: FakeRequest): Promise<readonly Answer[]> {
    this.requests.push(request);
    const { server, text, isWaiting, user } = request;
    return (
      (await this.#override(request)) ??
      this.#servers[server]?.handle({ message: parseXml(text), isWaiting, user }) ??
      []
    );
  }
}

/** One connection of the cluster with a daemon. */
export interface FakeProvider extends AsyncDisposable {
  readonly client: RemoteClient;
  /** Sessions of local clients that are open: id → name of the server. */
  readonly sessions: ReadonlyMap<string, string>;
  /** Everything that came for or of local clients. */
  readonly heard: readonly ProxyNotifyFields[];
  /** Tells a local client something unasked. */
  event(session: string, text: string): Promise<void>;
  /** Ends a local client's session, as a cluster does whose server has gone. */
  destroy(session: string): Promise<void>;
}

/** Connects as a provider of local clients. */
export async function connectFakeCluster(
  options: ConnectOptions,
  cluster: FakeCluster = new FakeCluster(),
): Promise<FakeProvider> {
  const heard: ProxyNotifyFields[] = [];
  const sessions = new Map<string, string>();
  const connected: Promise<RemoteClient> = RemoteClient.connect({
    // 1.1 by default: no schema transfer.
    protocolVersion: '1.1',
    ...options,
    isIpcProvider: true,
    onEvent: (event) => {
      if (event.type === 'proxy') {
        heard.push(event.proxy);
        // The daemon may ask before `connect` has given the client.
        connected.then((client) => serve({ client, sessions, cluster }, event.proxy)).catch(() => undefined);
      }
    },
  });
  const client = await connected;
  return {
    client,
    sessions,
    heard,
    event: (session, text) => client.forward({ op: IPC_OP.event, session, message: text }),
    destroy: async (session) => {
      sessions.delete(session);
      await client.forward({ op: IPC_OP.destroy, session });
    },
    [Symbol.asyncDispose]: async () => {
      client.close();
      await client.closed;
    },
  };
}

interface Serving {
  readonly client: RemoteClient;
  readonly sessions: Map<string, string>;
  readonly cluster: FakeCluster;
}

/** One message of the daemon. */
async function serve({ client, sessions, cluster }: Serving, proxy: ProxyNotifyFields): Promise<void> {
  const { op, session = '', messageId = 0, flags = 0, user = '', server = '' } = proxy;
  switch (op) {
    case IPC_OP.new:
      if (cluster.hasServer(server)) {
        sessions.set(session, server);
      } else {
        await client.forward({ op: IPC_OP.destroy, session });
      }
      return;
    case IPC_OP.destroy:
      sessions.delete(session);
      return;
    case IPC_OP.shutdownRequest:
      await client.forward({ op: IPC_OP.shutdownAck });
      return;
    case IPC_OP.request: {
      const request = {
        server: sessions.get(session) ?? '',
        session,
        text: proxy.message ?? '',
        user,
        isWaiting: (flags & IPC_FLAG.clientResponse) !== 0,
      };
      for (const { as, text } of await cluster.answer(request)) {
        const id = as === 'response' ? { messageId } : {};
        // Not awaited: their order is that of the calls.
        client.forward({ op: IPC_OP[as], session, ...id, message: text }).catch(() => undefined);
      }
    }
  }
}
