import { lookup } from 'node:dns/promises';
import { connect as connectTcp } from 'node:net';
import { RemoteClient } from '../client/client.ts';
import { type ControlTarget, connectControl } from '../control/ask/connect.ts';
import type { ControlClient } from '../control/ask/control-client.ts';
import { makeCheck } from '../control/make-check.ts';
import type { Check } from '../control/model.ts';
import { AgentError, messageOf } from '../errors/agent-error.ts';
import { ERROR_CODES } from '../errors/codes.ts';

/** For each step, in ms. */
const STEP_MS = 10_000;
/** Clocks that differ by more make logs hard to compare, in ms. */
const CLOCK_LIMIT_MS = 2000;

type RemoteTarget = Extract<ControlTarget, { kind: 'remote' }>;

/**
 * Looks at a daemon from the other end, a step at a time: each is of use only when those before it are well. Never rejects for
 * what is wrong there.
 */
export async function* examineRemotely(target: RemoteTarget, signal: AbortSignal): AsyncGenerator<Check> {
  const { host, port, key } = target.options;
  const step = (): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(STEP_MS)]);
  const name = await resolve(host);
  yield name;
  if (name.result === 'failed') {
    return;
  }
  const tcp = await reach(host, port, step());
  yield tcp;
  if (tcp.result === 'failed') {
    return;
  }
  if (key !== undefined) {
    yield makeCheck('our-key', 'ok', `${key.byteLength} bytes, fingerprint ${key.name ?? 'unknown'}`);
  }
  yield* talk(target, step);
}

async function resolve(host: string): Promise<Check> {
  try {
    const addresses = await lookup(host, { all: true });
    return makeCheck('name', 'ok', `${host} is ${addresses.map(({ address }) => address).join(', ')}`);
  } catch (error) {
    return makeCheck(
      'name',
      'failed',
      `${host}: ${messageOf(error)}`,
      'Correct the name, or give an address; in a bundle it is that of the replica (pcs status, or ip-range-start)',
    );
  }
}

function reach(host: string, port: number, signal: AbortSignal): Promise<Check> {
  const startedMs = performance.now();
  return new Promise((settle) => {
    const socket = connectTcp({ host, port });
    const end = (check: Check): void => {
      socket.destroy();
      settle(check);
    };
    signal.addEventListener(
      'abort',
      () =>
        end(
          makeCheck(
            'tcp',
            'failed',
            `no answer within ${STEP_MS / 1000} s`,
            'Something drops the packets: look at firewalls, and at the route to the address',
          ),
        ),
      { once: true },
    );
    socket.once('connect', () =>
      end(
        makeCheck('tcp', 'ok', `port ${port} accepts, after ${Math.round(performance.now() - startedMs)} ms`),
      ),
    );
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end(
        makeCheck(
          'tcp',
          'failed',
          `port ${port}: ${error.code ?? error.message}`,
          TCP_REMEDIES[error.code ?? ''] ?? ERROR_CODES.CONNECT_FAILED,
        ),
      ),
    );
  });
}

const TCP_REMEDIES: Readonly<Record<string, string>> = {
  ECONNREFUSED:
    'Nobody listens there: is the container up, and the daemon in it? Look at its log; PCMK_remote_port and the bundle’s control-port must agree',
  EHOSTUNREACH: 'There is no way to the address: look at the network of the container and of this machine',
  ENETUNREACH: 'There is no way to the address: look at the network of the container and of this machine',
};

async function* talk(target: RemoteTarget, step: () => AbortSignal): AsyncGenerator<Check> {
  let client: ControlClient;
  try {
    client = await connectControl(target, step());
  } catch (error) {
    yield handshakeFailure(error, target);
    return;
  }
  try {
    yield* askDaemon(client, step);
  } catch (error) {
    yield makeCheck('tls', 'ok', 'the handshake succeeded: key or certificates are the right ones');
    if (error instanceof AgentError && error.code === 'NOT_SUPPORTED') {
      yield* askOther(target, step());
    } else {
      yield makeCheck(
        'protocol',
        'failed',
        messageOf(error),
        'Something else than a Pacemaker Remote daemon may listen there',
      );
    }
  } finally {
    client.close();
  }
}

async function* askDaemon(client: ControlClient, step: () => AbortSignal): AsyncGenerator<Check> {
  const askedAtMs = Date.now();
  const status = await client.ask('status', {}, step());
  const halfwayMs = (askedAtMs + Date.now()) / 2;
  yield makeCheck('tls', 'ok', 'the handshake succeeded: key or certificates are the right ones');
  yield makeCheck(
    'protocol',
    'ok',
    `Bundlet ${status.daemon.version} answers, Pacemaker Remote ${status.daemon.protocolVersion}`,
  );
  const names = status.peers.flatMap(({ name }) => (name === undefined ? [] : [name]));
  yield makeCheck(
    'controller',
    names.length === 0 && status.solo === undefined ? 'warning' : 'ok',
    names.length === 0 ? 'none is connected' : names.join(', '),
    'No cluster has registered: is the bundle enabled there, and does its node know this address?',
  );
  const differenceMs = status.daemon.startedAtMs + status.daemon.uptimeMs - halfwayMs;
  yield makeCheck(
    'clocks',
    Math.abs(differenceMs) > CLOCK_LIMIT_MS ? 'warning' : 'ok',
    `differ by ${(Math.abs(differenceMs) / 1000).toFixed(1)} s`,
    'Let both machines keep their time by NTP',
  );
  const { checks } = await client.ask('checks', {}, step());
  yield* checks;
}

/** Pacemaker's own daemon, or an older one: what any controller can find out. */
async function* askOther({ options }: RemoteTarget, signal: AbortSignal): AsyncGenerator<Check> {
  try {
    await using client = await RemoteClient.connect({ ...options, name: 'bundlet-doctor', signal });
    const { protocolVersion, uptimeSeconds } = client.daemon;
    const uptime = uptimeSeconds === undefined ? '' : `, up for ${uptimeSeconds} s`;
    yield makeCheck(
      'protocol',
      'ok',
      `a Pacemaker Remote daemon that is not Bundlet, protocol ${protocolVersion}${uptime}`,
    );
    await client.poke();
    yield makeCheck('answers', 'ok', 'it answers requests');
  } catch (error) {
    yield makeCheck(
      'protocol',
      'failed',
      messageOf(error),
      'It let us in and does not speak the protocol: look at its log',
    );
  }
}

function handshakeFailure(error: unknown, { options }: RemoteTarget): Check {
  const code = error instanceof AgentError ? error.code : 'CONNECT_FAILED';
  const ours = options.key?.name;
  const compare =
    ours === undefined
      ? ERROR_CODES.TLS_HANDSHAKE_FAILED
      : `The keys differ, or one end uses certificates: the fingerprint of ours is ${ours}; bundlet status in the container shows that of the daemon. Copy the key of the cluster nodes into the container, or give the right one by --authkey`;
  const remedy = code === 'TLS_HANDSHAKE_FAILED' || code === 'CONNECTION_LOST' ? compare : ERROR_CODES[code];
  return makeCheck('tls', 'failed', messageOf(error), remedy);
}
