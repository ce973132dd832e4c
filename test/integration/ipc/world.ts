// A server of ours in network, mount and IPC namespaces of its own, with its own /dev/shm, /run and accounts, and a real client
// of libqb that runs in there.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { killProcess, until } from '../../helpers/pid-namespace.ts';

const HERE = import.meta.dirname;
const LIBQB = ['x86_64-linux-gnu', 'aarch64-linux-gnu', '.'].map((place) => `/usr/lib/${place}/libqb.so.100`);

/** Why there can be no world here, if so. */
export const whyNoWorld =
  process.getuid?.() === 0
    ? LIBQB.some((path) => existsSync(path))
      ? undefined
      : 'no libqb.so.100; apt-get install libqb100'
    : 'needs root';

export const HACLUSTER = { uid: 3001, gid: 3002 };

export interface WorldOptions {
  /** Of /dev/shm, as mount(8) takes it. */
  readonly shmSize?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The namespaces of another server. */
  readonly inside?: World;
  /** Makes libqb look for socket files. */
  readonly socketFiles?: boolean;
}

/** What the server says of itself. */
export interface ServerState {
  readonly open: number;
  readonly mappings: number;
  readonly descriptors: number;
  readonly files: readonly string[];
  readonly rssBytes: number;
}

export interface ServerEvent {
  readonly event: string;
  readonly [field: string]: unknown;
}

export interface ClientEnd {
  readonly status: number;
  readonly output: string;
}

export interface HeldClient {
  /** Waits until it has said so on a line. */
  said(line: string): Promise<void>;
  /** Lets it go on, which it waits for. */
  release(): void;
  kill(): void;
  readonly ended: Promise<ClientEnd>;
}

export class World implements AsyncDisposable {
  readonly events: ServerEvent[] = [];
  readonly #child: ChildProcess;
  readonly #pid: number;
  readonly #clients: string;
  #ended = false;
  #stderr = '';

  private constructor(options: WorldOptions, clients: string) {
    const env = {
      PATH: process.env['PATH'],
      CLIENTS: clients,
      SHM_SIZE: options.shmSize ?? '64m',
      ...options.env,
    };
    const server = [process.execPath, '--expose-gc', join(HERE, 'echo-server.ts')];
    const namespaces = ['unshare', '--net', '--mount', '--ipc', '--propagation', 'private'];
    const place =
      options.inside === undefined
        ? [...namespaces, 'sh', join(HERE, 'world.sh'), options.socketFiles === true ? 'files' : 'names']
        : options.inside.#enter();
    const [command = '', ...args] = ['setpriv', '--pdeathsig', 'KILL', '--', ...place, ...server];
    this.#clients = clients;
    this.#child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#pid = this.#child.pid ?? 0;
    this.#child.once('close', () => {
      this.#ended = true;
    });
    this.#child.stderr?.on('data', (text: Buffer) => {
      this.#stderr += text.toString();
    });
    const lines = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream });
    lines.on('line', (line) => this.events.push(JSON.parse(line) as ServerEvent));
  }

  /** Resolves when the server listens, or has said that it can't. */
  static async start(options: WorldOptions = {}): Promise<World> {
    const clients = mkdtempSync(join(tmpdir(), 'bundlet-ipc-test-'));
    const source = join(HERE, 'client', 'qb-client.c');
    execFileSync('gcc', ['-O1', '-Wall', '-Wextra', '-Werror', '-o', join(clients, 'qb-client'), source]);
    const world = new World(options, clients);
    await until(
      () => world.count('ready') === 1 || world.#ended,
      () => world.#stderr,
    );
    if (world.#ended) {
      throw new Error(`Expected the server to start: ${world.#stderr}`);
    }
    return world;
  }

  count(event: string): number {
    return this.events.filter((one) => one.event === event).length;
  }

  last(event: string): ServerEvent | undefined {
    return this.events.findLast((one) => one.event === event);
  }

  async happened(event: string, times = 1): Promise<void> {
    await until(
      () => this.count(event) >= times,
      () => `${times} × ${event}, got ${JSON.stringify(this.events.slice(-10))} ${this.#stderr}`,
    );
  }

  async state(): Promise<ServerState> {
    const before = this.count('state');
    this.#child.stdin?.write('state\n');
    await this.happened('state', before + 1);
    return this.last('state') as unknown as ServerState;
  }

  /** Waits until no client is left, and nothing of any. */
  async isEmpty(): Promise<ServerState> {
    let state = await this.state();
    const isEmpty = (): boolean =>
      state.open === 0 && state.mappings === 0 && !state.files.some((file) => file.includes('/'));
    for (const limit = Date.now() + 20_000; !isEmpty() && Date.now() < limit; ) {
      state = await this.state();
    }
    if (!isEmpty()) {
      throw new Error(`Expected nothing left of any client, there is ${JSON.stringify(state)}`);
    }
    return state;
  }

  /** Runs the client to its end. */
  async client(...args: readonly string[]): Promise<ClientEnd> {
    return this.clientAs([], ...args);
  }

  /** The same as another user, by options of setpriv(1). */
  async clientAs(who: readonly string[], ...args: readonly string[]): Promise<ClientEnd> {
    const { ended, release } = this.hold(who, ...args);
    release();
    return ended;
  }

  /** Starts the client. */
  hold(who: readonly string[], ...args: readonly string[]): HeldClient {
    return this.run([
      ...(who.length > 0 ? ['setpriv', ...who, '--'] : []),
      join(this.#clients, 'qb-client'),
      ...args,
    ]);
  }

  /** Starts any command in the server's namespaces. */
  run(command: readonly string[]): HeldClient {
    const [program = '', ...args] = ['setpriv', '--pdeathsig', 'KILL', '--', ...this.#enter(), ...command];
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    const collect = (text: Buffer): void => {
      output += text.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.stdin.on('error', () => undefined);
    const ended = new Promise<ClientEnd>((resolve) => {
      child.once('close', (code, signal) =>
        resolve({ status: code ?? (signal === null ? -1 : 128), output }),
      );
    });
    return {
      ended,
      said: (line) =>
        until(
          () => output.split('\n').includes(line),
          () => `"${line}", got "${output}"`,
        ),
      release: () => void child.stdin.end(),
      kill: () => killProcess(child.pid, 'SIGKILL'),
    };
  }

  /** Ends the server in order and gives its last state. */
  async stop(): Promise<ServerState> {
    this.#child.stdin?.write('stop\n');
    await this.happened('stopped');
    await until(() => this.#ended, 'the server has ended by itself');
    return this.last('stopped') as unknown as ServerState;
  }

  async kill(): Promise<void> {
    killProcess(this.#pid, 'SIGKILL');
    await until(() => this.#ended, 'the server is dead');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) {
      await this.kill();
    }
    rmSync(this.#clients, { recursive: true, force: true });
  }

  #enter(): string[] {
    return ['nsenter', '--target', String(this.#pid), '--net', '--mount', '--ipc', '--'];
  }
}
