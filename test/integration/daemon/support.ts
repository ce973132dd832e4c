// The built daemon below the built pcmk-init in a PID namespace, and clients for it.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  type Completion,
  type ConnectOptions,
  type ExecRequest,
  RemoteClient,
  Secret,
} from '../../../src/client/index.ts';
import { type PidNamespace, startInPidNamespace, until } from '../../helpers/pid-namespace.ts';

const CHECKOUT = resolve(import.meta.dirname, '../../..');
const HOST = '127.0.0.1';

export const PCMK_INIT = join(CHECKOUT, 'build/pcmk-init');
export const FIXTURES = join(CHECKOUT, 'test/fixtures/ocf');

/** A line of the daemon's log. */
export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

export interface RunningDaemon extends AsyncDisposable {
  readonly namespace: PidNamespace;
  readonly port: number;
  readonly keyFile: string;
  /** A directory that agents may write to; gone at the end. */
  readonly scratch: string;
  connect(options?: Partial<ConnectOptions>): Promise<RemoteClient>;
  log(): LogLine[];
  /** Waits until an event is in the log so many times. */
  logged(event: string, count?: number): Promise<LogLine[]>;
  /** The daemon itself, below PID 1, as this test sees it. */
  daemonPid(): number;
  /** Open descriptors of the daemon. */
  descriptors(): number;
}

export interface DaemonStart {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Default: 4,096 random bytes. */
  readonly key?: Buffer;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, HOST, listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Resolves when the daemon listens. */
export async function startDaemon(start: DaemonStart = {}): Promise<RunningDaemon> {
  const scratch = mkdtempSync(join(tmpdir(), 'bundlet-daemon-'));
  const key = start.key ?? randomBytes(4096);
  const keyFile = join(scratch, 'authkey');
  writeFileSync(keyFile, key, { mode: 0o600 });
  const port = await freePort();
  const namespace = await startInPidNamespace([PCMK_INIT, '--port', String(port), ...(start.args ?? [])], {
    env: { PCMK_authkey_location: keyFile, PCMK_remote_address: HOST, OCF_ROOT: FIXTURES, ...start.env },
  });
  const log = (): LogLine[] =>
    `${namespace.stdout()}\n${namespace.stderr()}`
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as LogLine);
  const logged = async (event: string, count = 1): Promise<LogLine[]> => {
    const found = (): LogLine[] => log().filter((line) => line.event === event);
    await until(
      () => found().length >= count,
      () => `${count} × ${event} in the log, got ${JSON.stringify(log())}`,
    );
    return found();
  };
  const daemonPid = (): number =>
    namespace.processes().find(({ parent }) => parent === namespace.initPid)?.pid ?? 0;
  await logged('daemon.listening');
  return {
    namespace,
    port,
    keyFile,
    scratch,
    log,
    logged,
    daemonPid,
    connect: (options = {}) => RemoteClient.connect({ host: HOST, port, key: new Secret(key), ...options }),
    descriptors: () => readdirSync(`/proc/${daemonPid()}/fd`).length,
    [Symbol.asyncDispose]: async () => {
      await namespace[Symbol.asyncDispose]();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

export const ACTOR = { id: 'actor', class: 'ocf', provider: 'test', type: 'actor' } as const;

/** Registers the agent that runs a shell text, and runs it once. */
export async function act(
  client: RemoteClient,
  sh: string,
  request: Partial<ExecRequest> = {},
): Promise<Completion> {
  await client.registerResource(ACTOR);
  const { parameters, ...rest } = request;
  const base = { rscId: ACTOR.id, action: 'monitor', timeoutMs: 20_000 };
  const operation = await client.exec({ ...base, ...rest, parameters: { sh, ...parameters } });
  return operation.result;
}

/** Zombies in the namespace; PID 1 must leave none. */
export function zombies(daemon: RunningDaemon): string[] {
  return daemon.namespace
    .processes()
    .filter(({ state }) => state === 'Z')
    .map(({ name, innerPid }) => `${name} ${innerPid}`);
}
