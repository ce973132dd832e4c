import { lookup } from 'node:dns/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { AgentError, messageOf } from '../errors/agent-error.ts';
import { emit } from '../observe/events.ts';

/** After so long without traffic the kernel asks whether the peer still lives. */
const KEEPALIVE_DELAY_MS = 60_000;

export interface ListenerOptions {
  readonly host: string | undefined;
  readonly port: number;
  readonly backlog: number;
  readonly accept: (socket: Socket) => void;
}

export interface Listener {
  address(): AddressInfo;
  /** Accepts no more and frees the port at once; open connections stay. */
  close(): void;
}

/**
 * Binds the first address that can be had: all IPv6 ones of a name, then all IPv4 ones; without a name `::` with
 * both families, and `0.0.0.0` on a host without IPv6. [pcmk remoted_tls.c: bind_and_listen order]
 *
 * @throws AgentError LISTEN_FAILED
 */
export async function bindListener(options: ListenerOptions): Promise<Listener> {
  const failures: string[] = [];
  let cause: unknown;
  for (const address of await addressesOf(options)) {
    try {
      return listenerOf(await bind(address, options));
    } catch (thrown) {
      failures.push(messageOf(thrown));
      cause = thrown;
    }
  }
  throw failed(options, failures.join('; '), cause);
}

async function addressesOf(options: ListenerOptions): Promise<string[]> {
  if (options.host === undefined) {
    return ['::', '0.0.0.0'];
  }
  try {
    const found = await lookup(options.host, { all: true, verbatim: true });
    return found.toSorted((a, b) => b.family - a.family).map(({ address }) => address);
  } catch (thrown) {
    throw failed(options, messageOf(thrown), thrown);
  }
}

function bind(host: string, options: ListenerOptions): Promise<Server> {
  const server = createServer(
    // Without allowHalfOpen Node would answer a FIN before TLS could look at it.
    { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEPALIVE_DELAY_MS },
    options.accept,
  );
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port: options.port, backlog: options.backlog, ipv6Only: false }, () => {
      server.off('error', reject);
      server.on('error', (error) => emit('tls.listener-failed', { error: error.message }));
      resolve(server);
    });
  });
}

function listenerOf(server: Server): Listener {
  return {
    address: () => server.address() as AddressInfo,
    close: () => {
      // Without a callback: that would wait for every open connection, and those are not ours.
      server.close();
    },
  };
}

function failed(options: ListenerOptions, why: string, cause: unknown): AgentError {
  const { host = 'all addresses', port } = options;
  return new AgentError('LISTEN_FAILED', `Cannot listen on ${host}, port ${port}: ${why}`, {
    labels: ['fatal', 'config'],
    cause,
    details: { host, port },
  });
}
