// Our client as a cluster's controller: answers what a daemon asks of a provider.
import type { ProxyNotifyFields, RemoteClient } from '../../../src/client/index.ts';
import { until } from '../../helpers/pid-namespace.ts';
import type { RunningDaemon } from './support.ts';

export interface ProviderClient {
  readonly client: RemoteClient;
  /** What the daemon sent for local clients, or about its end. */
  readonly heard: readonly ProxyNotifyFields[];
  /** Waits until something of that operation has come so many times. */
  asked(op: string, count?: number): Promise<ProxyNotifyFields>;
}

/** Connects as a provider. `onProxy` is called for each message as it comes. */
export async function connectProvider(
  daemon: RunningDaemon,
  options: {
    readonly name?: string;
    readonly protocolVersion?: string;
    readonly onProxy?: (client: RemoteClient, proxy: ProxyNotifyFields) => void;
  } = {},
): Promise<ProviderClient> {
  const { onProxy, ...rest } = options;
  const heard: ProxyNotifyFields[] = [];
  const connected: Promise<RemoteClient> = daemon.connect({
    // 1.1 by default: no schema transfer.
    protocolVersion: '1.1',
    isIpcProvider: true,
    ...rest,
    onEvent: (event) => {
      if (event.type === 'proxy') {
        heard.push(event.proxy);
        // The daemon may ask before `connect` has given the client.
        connected.then((self) => onProxy?.(self, event.proxy));
      }
    },
  });
  const client = await connected;
  const asked = async (op: string, count = 1): Promise<ProxyNotifyFields> => {
    const found = (): ProxyNotifyFields[] => heard.filter((proxy) => proxy.op === op);
    await until(
      () => found().length >= count,
      () => `${count} × ${op}, got ${JSON.stringify(heard)}`,
    );
    return found()[count - 1] as ProxyNotifyFields;
  };
  return { client, heard, asked };
}

/** Leaves with a goodbye, as a controller does when the connection resource is stopped. */
export async function leave({ client }: ProviderClient): Promise<void> {
  client.close();
  await client.closed;
}
