import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect as connectSocket, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import { Secret } from '../../../src/errors/secret.ts';
import { sessionCount } from '../../../src/native/gnutls.ts';
import { credentialCount } from '../../../src/native/gnutls-credentials.ts';
import { channelOf, EVENTS, type EventFields, type EventName } from '../../../src/observe/events.ts';
import { AuthKey } from '../../../src/transport/auth-key.ts';
import { KeyAuthentication } from '../../../src/transport/key-authentication.ts';
import type { SecureConnection } from '../../../src/transport/secure-connection.ts';
import { type ConnectOptions, connect } from '../../../src/transport/tls-client.ts';
import { type ListenOptions, listen, type TlsServer } from '../../../src/transport/tls-server.ts';

export const HEADER_BYTES = 40;
/** The documented size. */
export const KEY = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 31 + 7) % 256));
/** Pins the version, as upstream's own example does. */
export const TLS12 = 'NORMAL:-VERS-ALL:+VERS-TLS1.2';

/** How long a condition may take on a loaded machine before the test fails. */
const DEADLINE = { timeout: 20_000, interval: 5 };

export interface Refusal {
  readonly peer: string;
  readonly reason: string;
  readonly detail: string;
}

export interface Bench {
  readonly server: TlsServer;
  readonly port: number;
  readonly keyFile: string;
  /** Every event of the transport, in order. */
  readonly events: ReadonlyArray<{ readonly name: EventName; readonly fields: EventFields }>;
  refusals(): Refusal[];
  /** The events that tell of a fault of ours, so that the audit at the end does not complain of them. */
  takeFaults(): Array<{ name: EventName; fields: EventFields }>;
  dial(options?: Partial<ConnectOptions>): Promise<SecureConnection>;
}

export interface BenchOptions extends Partial<ListenOptions> {
  /** Base of the server's priority string. */
  readonly priorities?: string;
  /** A second key, in a file beside the first; default none. */
  readonly previousKey?: Buffer;
}

/**
 * A server that echoes messages, with an audit at the end of the test: every session freed, no event that tells of a
 * fault.
 */
export async function startBench(options: BenchOptions = {}): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'bundlet-tls-'));
  const keyFile = join(folder, 'authkey');
  writeFileSync(keyFile, KEY, { mode: 0o600 });
  const { events, stop } = recordEvents();
  const connections: SecureConnection[] = [];
  const takeFaults = (): Array<{ name: EventName; fields: EventFields }> => {
    const faults = events.filter(({ name }) => EVENTS[name].level === 'error');
    for (const fault of faults) {
      events.splice(events.indexOf(fault), 1);
    }
    return faults;
  };
  const { priorities, previousKey, ...listenOptions } = options;
  if (previousKey !== undefined) {
    writeFileSync(`${keyFile}.previous`, previousKey, { mode: 0o600 });
  }
  const server = await listen({
    hosts: ['127.0.0.1'],
    port: 0,
    authentication:
      options.authentication ??
      new KeyAuthentication({
        key: new AuthKey({ location: keyFile }),
        previousKey: new AuthKey({ role: 'previous', location: `${keyFile}.previous` }),
        ...(priorities === undefined ? {} : { priorities }),
      }),
    onConnection: echo,
    ...listenOptions,
  });
  const { port } = server;
  onTestFinished(async () => {
    for (const connection of connections) {
      connection.close('The test is over');
    }
    await until(() => expect(server.counts()).toEqual({ pending: 0, open: 0 }));
    await server.stop();
    await until(() => expect(sessionCount()).toBe(0));
    expect(credentialCount()).toBe(0);
    stop();
    rmSync(folder, { recursive: true });
    expect(takeFaults()).toEqual([]);
  });
  return {
    server,
    port,
    keyFile,
    events,
    takeFaults,
    refusals: () =>
      events.filter(({ name }) => name === 'tls.refused').map(({ fields }) => fields as unknown as Refusal),
    dial: async (dialOptions = {}) => {
      const proof = dialOptions.certificates === undefined ? { key: new Secret(KEY) } : {};
      const connection = await connect({ host: '127.0.0.1', port, ...proof, ...dialOptions });
      connections.push(connection);
      return connection;
    },
  };
}

/** Waits for a condition, not for a time. */
export function until(check: () => void): Promise<void> {
  return vi.waitFor(check, DEADLINE);
}

function recordEvents(): { events: Array<{ name: EventName; fields: EventFields }>; stop: () => unknown } {
  const events: Array<{ name: EventName; fields: EventFields }> = [];
  const stops = (Object.keys(EVENTS) as EventName[])
    .filter((name) => name.startsWith('tls.'))
    .map((name) => {
      const onEvent = (fields: unknown): void => {
        events.push({ name, fields: fields as EventFields });
      };
      channelOf(name).subscribe(onEvent);
      return () => channelOf(name).unsubscribe(onEvent);
    });
  return { events, stop: () => stops.map((stop) => stop()) };
}

/** A header that carries the length of its payload, 40 bytes like the real one. */
export function headerFor(payload: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES, 0xee);
  header.writeUInt32LE(payload.length);
  return header;
}

/** Calls back with each whole message. */
export function onMessage(
  connection: SecureConnection,
  call: (header: Buffer, payload: Buffer) => void,
): void {
  let chunks: Buffer[] = [];
  let bytes = 0;
  connection.onData = (chunk) => {
    chunks.push(chunk);
    bytes += chunk.length;
    for (;;) {
      const first = chunks[0] ?? Buffer.alloc(0);
      const start = first.length >= 4 ? first : Buffer.concat(chunks);
      const wanted = start.length >= 4 ? HEADER_BYTES + start.readUInt32LE() : Number.POSITIVE_INFINITY;
      if (bytes < wanted) {
        return;
      }
      const all = Buffer.concat(chunks);
      call(all.subarray(0, HEADER_BYTES), all.subarray(HEADER_BYTES, wanted));
      chunks = all.length > wanted ? [all.subarray(wanted)] : [];
      bytes -= wanted;
    }
  };
}

function echo(connection: SecureConnection): void {
  onMessage(connection, (header, payload) => connection.send(header, payload));
}

/** Sends a message and returns what comes back. */
export function exchange(connection: SecureConnection, payload: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    connection.onClose = (reason) => reject(new Error(`Closed instead of an answer: ${reason}`));
    onMessage(connection, (_header, answer) => resolve(answer));
    connection.send(headerFor(payload), payload);
  });
}

export async function expectServed(bench: Bench): Promise<void> {
  const connection = await bench.dial();
  expect(String(await exchange(connection, Buffer.from('are you there?')))).toBe('are you there?');
  connection.close('done');
}

/** A plain TCP client, connected. Its errors are expected: the tests that use it are about being thrown out. */
export function rawClient(port: number): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connectSocket({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket));
    socket.on('error', () => socket.destroy());
    socket.resume();
  });
}

export function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => (socket.closed ? resolve() : socket.once('close', () => resolve())));
}

/** A TCP proxy in front of a server; `wire` decides what to do with the two sockets. */
export async function startProxy(port: number, wire: (near: Socket, far: Socket) => void): Promise<number> {
  const sockets: Socket[] = [];
  const proxy = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = connectSocket({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    sockets.push(near, far);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    near.on('end', () => far.end());
    far.on('end', () => near.end());
    wire(near, far);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    proxy.close();
    sockets.forEach((socket) => {
      socket.destroy();
    });
  });
  return (proxy.address() as AddressInfo).port;
}
