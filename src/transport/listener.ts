import { lookup } from 'node:dns/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { AgentError, messageOf } from '../errors/agent-error.ts';
import { emit } from '../observe/events.ts';

/** After so long without traffic the kernel asks whether the peer still lives. */
const KEEPALIVE_DELAY_MS = 60_000;
/** All addresses of both families, where the host has IPv6. */
const ANY_IPV6 = '::';
const ANY_IPV4 = '0.0.0.0';

export interface ListenersOptions {
  /** Names or addresses; none means all addresses. */
  readonly hosts: readonly string[];
  /** 0 lets the kernel choose one for all. */
  readonly port: number;
  readonly backlog: number;
  readonly accept: (socket: Socket) => void;
}

export interface Listener {
  readonly address: string;
  readonly port: number;
  /** Accepts no more and frees the port at once; open connections stay. */
  close(): void;
}

/**
 * Listens on every name or address, or on none of them. Of one name the first address that can be had is bound: all
 * IPv6 ones, then all IPv4 ones; without a name `::` with both families, and `0.0.0.0` on a host without IPv6. [pcmk
 * remoted_tls.c: bind_and_listen order] What an address before it serves already is not bound again.
 *
 * @throws AgentError LISTEN_FAILED with the name that failed
 */
export async function bindListeners(options: ListenersOptions): Promise<readonly Listener[]> {
  const listeners: Listener[] = [];
  try {
    for (const candidates of await candidatesOf(options)) {
      listeners.push(...(await bindFirst(candidates, options, listeners)));
    }
    return listeners;
  } catch (thrown) {
    for (const listener of listeners) {
      listener.close();
    }
    throw thrown;
  }
}

/** The addresses of one name, in the order they are tried. */
interface Candidates {
  readonly host: string | undefined;
  readonly addresses: readonly string[];
}

async function candidatesOf(options: ListenersOptions): Promise<Candidates[]> {
  if (options.hosts.length === 0) {
    return [{ host: undefined, addresses: [ANY_IPV6, ANY_IPV4] }];
  }
  const found = await Promise.all(
    [...new Set(options.hosts)].map(async (host) => ({ host, addresses: await addressesOf(host, options) })),
  );
  // Wildcards first: after a single address the kernel would refuse them, though they hold all that was asked for.
  const breadth = ({ addresses: [first] }: Candidates): number =>
    first === ANY_IPV6 ? 0 : first === ANY_IPV4 ? 1 : 2;
  return found.toSorted((a, b) => breadth(a) - breadth(b));
}

async function addressesOf(host: string, { port }: ListenersOptions): Promise<string[]> {
  try {
    const found = await lookup(host, { all: true, verbatim: true });
    return found.toSorted((a, b) => b.family - a.family).map(({ address }) => address);
  } catch (thrown) {
    throw failed({ host, port }, messageOf(thrown), thrown);
  }
}

function isServed(address: string, listeners: readonly Listener[]): boolean {
  return listeners.some(
    (one) =>
      one.address === address ||
      one.address === ANY_IPV6 ||
      (one.address === ANY_IPV4 && !address.includes(':')),
  );
}

/** One listener more, or none where the address of the name's turn is served by an earlier one. */
async function bindFirst(
  { host, addresses }: Candidates,
  options: ListenersOptions,
  earlier: readonly Listener[],
): Promise<Listener[]> {
  const port = earlier[0]?.port ?? options.port;
  const failures: string[] = [];
  let cause: unknown;
  for (const address of addresses) {
    if (isServed(address, earlier)) {
      return [];
    }
    try {
      return [listenerOf(await bind(address, { ...options, port }))];
    } catch (thrown) {
      failures.push(messageOf(thrown));
      cause = thrown;
    }
  }
  throw failed({ host: host ?? 'all addresses', port }, failures.join('; '), cause);
}

function bind(host: string, options: ListenersOptions): Promise<Server> {
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
  const { address, port } = server.address() as AddressInfo;
  return {
    address,
    port,
    close: () => {
      // Without a callback: that would wait for every open connection, and those are not ours.
      server.close();
    },
  };
}

function failed(where: { host: string; port: number }, why: string, cause: unknown): AgentError {
  const { host, port } = where;
  return new AgentError('LISTEN_FAILED', `Cannot listen on ${host}, port ${port}: ${why}`, {
    labels: ['fatal', 'config'],
    cause,
    details: { host, port },
  });
}
