// The built daemon below the built pcmk-init in a PID namespace, and clients for it.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
import {
  type NamespaceEnd,
  type PidNamespace,
  startInPidNamespace,
  until,
} from '../../helpers/pid-namespace.ts';

const CHECKOUT = resolve(import.meta.dirname, '../../..');
export const HOST = '127.0.0.1';

export const PCMK_INIT = join(CHECKOUT, 'build/pcmk-init');
export const REMOTED = join(CHECKOUT, 'build/pacemaker-remoted');
export const FIXTURES = join(CHECKOUT, 'test/fixtures/ocf');
export const LSB_FIXTURES = join(CHECKOUT, 'test/fixtures/lsb');
export const ALERT_FIXTURES = join(CHECKOUT, 'test/fixtures/alerts');

/** The account of alert agents, as a line of `/etc/passwd`. */
export const HACLUSTER = 'hacluster:x:4711:4712::/nonexistent:/usr/sbin/nologin';

/** A prelude: in the daemon's namespace there are root and the given account only. */
export const accounts = (account: string): string =>
  `{ echo root:x:0:0::/:/bin/sh; echo '${account}'; } >"$scratch/passwd"; mount --bind "$scratch/passwd" /etc/passwd`;

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
  /** Start without the key file; it can be written later. */
  readonly isKeyMissing?: boolean;
  /** Default: a free one. */
  readonly port?: number;
  /** Shell text run in the namespace before PID 1; `$scratch` is the daemon's scratch directory. */
  readonly prelude?: string;
  /** What becomes PID 1. Default: the built `pcmk-init`. */
  readonly program?: string;
  /** Read the log from this file of the scratch directory, for a test that takes the output away. */
  readonly logFile?: string;
}

/** Of a daemon whose scratch directory it is. */
export const controlSocketIn = (scratch: string): string => join(scratch, 'control/control.sock');

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, HOST, listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

interface Launched extends Required<Pick<DaemonStart, 'key' | 'port'>> {
  readonly scratch: string;
  readonly keyFile: string;
  readonly namespace: PidNamespace;
}

async function launch(start: DaemonStart): Promise<Launched> {
  const scratch = mkdtempSync(join(tmpdir(), 'bundlet-daemon-'));
  const { key = randomBytes(4096), port = await freePort(), prelude, args = [], program = PCMK_INIT } = start;
  const keyFile = join(scratch, 'authkey');
  if (start.isKeyMissing !== true) {
    writeFileSync(keyFile, key, { mode: 0o600 });
  }
  const shell =
    prelude === undefined
      ? []
      : [
          'sh',
          '-c',
          `scratch='${scratch}'; ${prelude}
exec "$0" "$@"`,
        ];
  const namespace = await startInPidNamespace([...shell, program, '--port', String(port), ...args], {
    env: {
      PCMK_authkey_location: keyFile,
      PCMK_remote_address: HOST,
      OCF_ROOT: FIXTURES,
      // The names of local services belong to the machine's network namespace: only tests with one of their own use them.
      BUNDLET_IPC: 'no',
      BUNDLET_TOOLS_SOCKET: join(scratch, 'tools.sock'),
      BUNDLET_CONTROL_SOCKET: controlSocketIn(scratch),
      ...start.env,
    },
  });
  return { key, port, scratch, keyFile, namespace };
}

/** Runs a daemon that is expected to end by itself. */
export async function runDaemon(start: DaemonStart): Promise<NamespaceEnd> {
  const { namespace, scratch } = await launch(start);
  try {
    return await namespace.ended;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Resolves when the daemon listens. */
export async function startDaemon(start: DaemonStart = {}): Promise<RunningDaemon> {
  const { key, port, scratch, keyFile, namespace } = await launch(start);
  const { logFile } = start;
  const logText = (): string => {
    if (logFile === undefined) {
      return `${namespace.stdout()}\n${namespace.stderr()}`;
    }
    try {
      // As the namespace sees it: the test may have mounted something.
      return readFileSync(join(`/proc/${namespace.initPid}/root`, scratch, logFile), 'utf8');
    } catch {
      return ''; // the daemon has not made it yet, or the namespace is gone
    }
  };
  const log = (): LogLine[] =>
    logText()
      .split('\n')
      // The last line may be on its way.
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
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
    namespace
      .processes()
      .find(({ parent, name }) => parent === namespace.initPid && name.startsWith('pacemaker-remot'))?.pid ??
    0;
  const dispose = async (): Promise<void> => {
    await namespace[Symbol.asyncDispose]();
    rmSync(scratch, { recursive: true, force: true });
  };
  await logged('daemon.listening').catch(async (error: unknown) => {
    await dispose();
    throw error;
  });
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
    [Symbol.asyncDispose]: dispose,
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
