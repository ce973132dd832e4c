// Pacemaker's unmodified tools beside the built daemon, with a cluster in memory behind it.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { type ConnectOptions, Secret } from '../../../src/client/index.ts';
import { connectFakeCluster, type FakeCluster, type FakeProvider } from '../../helpers/fake-cluster.ts';
import { listTree, until } from '../../helpers/pid-namespace.ts';
import { type DaemonStart, HOST, type LogLine, type RunningDaemon, startDaemon } from '../daemon/support.ts';

const TOOLS = ['crm_mon', 'crm_attribute', 'attrd_updater', 'crm_node', 'cibadmin', 'crm_resource'];

/** Why the tests of this folder can't run here; undefined where they can. */
export const MISSING: string | undefined =
  process.getuid?.() !== 0
    ? 'not root: tools have a network namespace and a /dev/shm of their own'
    : TOOLS.every((name) => existsSync(`/usr/sbin/${name}`))
      ? undefined
      : 'no tools of Pacemaker here (Debian: pacemaker-cli-utils, pacemaker)';

export interface ToolsStart extends DaemonStart {
  /** Options of the tmpfs at /dev/shm. Default: 64 MB, as in a container. */
  readonly shm?: string;
  /** What the daemon says of its local services at start. Default: `ipc.listening`. */
  readonly firstWord?: string;
}

/** A daemon that lets tools in, with a /dev/shm of its own; `prelude` is run when that is there. */
export async function startDaemonWithTools(options: ToolsStart = {}): Promise<RunningDaemon> {
  const { shm = 'size=64m', firstWord = 'ipc.listening', ...start } = options;
  const prelude = [`mount -t tmpfs -o mode=1777,${shm} shm /dev/shm`, start.prelude ?? 'true'].join('\n');
  const daemon = await startDaemon({ ...start, prelude, env: { BUNDLET_IPC: 'yes', ...start.env } });
  await daemon.logged(firstWord);
  return daemon;
}

/** Connects a cluster that serves the tools. */
export function serve(
  daemon: RunningDaemon,
  cluster?: FakeCluster,
  options: Partial<ConnectOptions> = {},
): Promise<FakeProvider> {
  const key = new Secret(readFileSync(daemon.keyFile));
  return connectFakeCluster({ host: HOST, port: daemon.port, key, ...options }, cluster);
}

export interface ToolEnd {
  /** As a shell shows it; null where a signal ended what ran it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

export interface ToolOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments of setpriv(1). */
  readonly as?: readonly string[];
  /** What its standard input gives. */
  readonly input?: string;
}

export interface StartedTool {
  readonly child: ChildProcess;
  readonly ended: Promise<ToolEnd>;
}

/** Starts a program where the daemon is, as `docker exec` does. */
export function startTool(
  daemon: RunningDaemon,
  command: readonly string[],
  { env = {}, as, input = '' }: ToolOptions = {},
): StartedTool {
  const inside = ['--target', String(daemon.namespace.initPid), '--pid', '--mount', '--'];
  const user = as === undefined ? [] : ['setpriv', ...as, '--'];
  const startedAt = Date.now();
  const child = spawn('nsenter', [...inside, ...user, ...command], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: 'pipe',
  });
  // A tool may end before it has read everything.
  child.stdin.on('error', () => undefined).end(input);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const ended = new Promise<ToolEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, ...output, ms: Date.now() - startedAt }));
  });
  return { child, ended };
}

/** The process id of a started tool, below that of what brought it there. */
export const programOf = ({ child }: StartedTool): number | undefined =>
  listTree(child.pid ?? 0).find(({ innerPid, pid }) => innerPid !== pid)?.pid;

/** Runs a program where the daemon is, to its end. */
export function runTool(
  daemon: RunningDaemon,
  command: readonly string[],
  options?: ToolOptions,
): Promise<ToolEnd> {
  return startTool(daemon, command, options).ended;
}

/** Everything below the daemon's /dev/shm. */
export function sharedFiles(daemon: RunningDaemon): string[] {
  const directory = `/proc/${daemon.namespace.initPid}/root/dev/shm`;
  try {
    return readdirSync(directory, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    // The folder of a connection went while it was looked into: what is there now is the answer.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return sharedFiles(daemon);
    }
    throw error;
  }
}

/** Files of local connections; the daemon's own directory around them stays as long as it lives. */
const connectionFiles = (daemon: RunningDaemon): string[] =>
  sharedFiles(daemon).filter((name) => name.includes('/'));

/**
 * Begins to watch, with one tool that shall find what it asks for: what the first one makes stays for all others. The
 * function given back waits until nothing of any tool is left: no file, no descriptor, and no line that tells of a fault.
 */
export async function watchTidiness(
  daemon: RunningDaemon,
): Promise<(expected?: readonly string[]) => Promise<void>> {
  await runTool(daemon, ['crm_node', '-n']);
  const noFiles = (): boolean => connectionFiles(daemon).length === 0;
  await until(noFiles, () => `no file, got ${connectionFiles(daemon)}`);
  const descriptors = daemon.descriptors();
  return async (expected = []) => {
    await until(
      () => noFiles() && daemon.descriptors() <= descriptors,
      () => `${descriptors} descriptors and no file, got ${daemon.descriptors()}, ${connectionFiles(daemon)}`,
    );
    expect(complaintsOf(daemon, expected)).toEqual([]);
  };
}

/** Lines of the log that tell of a fault; what is noted at the start is the test's own doing. */
export const complaintsOf = (daemon: RunningDaemon, expected: readonly string[] = []): LogLine[] =>
  daemon
    .log()
    .filter(({ level }) => level === 'error' || level === 'warning')
    .filter(({ event }) => event !== 'daemon.note' && !expected.includes(event));
