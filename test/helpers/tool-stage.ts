// A daemon, the fake cluster as its controller, and Pacemaker's tools as its local clients, in network, process and
// mount namespaces of their own: the names of local services are one for each network namespace.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readChildren, until } from './pid-namespace.ts';

const STAGE = join(import.meta.dirname, 'tool-stage/stage.sh');
const FAKE_CLUSTER = join(import.meta.dirname, 'fake-cluster/program.ts');
const KEY = '/run/tools-authkey';

export interface ToolStageOptions {
  /** Command of the daemon under test. */
  readonly daemon: readonly string[];
  /** Beside the key, the address and no log files. */
  readonly env?: Readonly<Record<string, string>>;
  /** Trees of other systems whose programs will run in here by `chroot`. */
  readonly roots?: readonly string[];
  /** A file with the cluster's configuration; default: the fake cluster's own. */
  readonly cib?: string;
}

export interface ToolRun {
  /** As a shell shows it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ToolStage extends AsyncDisposable {
  /** What the daemon wrote. */
  daemonOutput(): string;
  /** Pid of the daemon, seen from here. */
  readonly daemonPid: number;
  /** Runs a command to its end. */
  run(command: readonly string[]): Promise<ToolRun>;
  /** Makes a file, as it is seen in here. */
  write(path: string, text: string): Promise<void>;
}

/** Whether the one who runs this may open such a stage. */
export const canOpenToolStage = (): boolean => process.getuid?.() === 0 && existsSync('/proc/self/ns/net');

const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
  PCMK_authkey_location: KEY,
  PCMK_remote_address: '127.0.0.1',
  PCMK_logfile: 'none',
  PCMK_logfacility: 'none',
};

/** Resolves when the cluster is connected. */
export async function openToolStage(options: ToolStageOptions): Promise<ToolStage> {
  const { daemon, env = {}, roots = [], cib } = options;
  const words = ['--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child', '--'];
  const keeper = start(['setpriv', '--pdeathsig', 'KILL', '--', 'unshare', ...words, 'sh', STAGE, ...roots]);
  const dispose = async (): Promise<void> => {
    keeper.child.kill('SIGKILL'); // --kill-child takes the rest
    await keeper.ended;
  };
  try {
    await keeper.printed('ready');
    const initPid = readChildren(keeper.child.pid ?? 0)[0] ?? 0;
    const enter = ['nsenter', '--target', String(initPid), '--net', '--mount', '--pid', '--'];
    const served = start([...enter, ...daemon], { ...ENVIRONMENT, ...env });
    const file = cib === undefined ? [] : ['--cib', cib];
    const cluster = start(
      [...enter, process.execPath, FAKE_CLUSTER, '--key-file', KEY, ...file],
      ENVIRONMENT,
    );
    await cluster.printed('ready').catch((error: unknown) => {
      throw new Error(`Expected the cluster to connect, the daemon wrote: ${served.output()}`, {
        cause: error,
      });
    });
    return {
      daemonOutput: served.output,
      // nsenter has forked for the process namespace.
      daemonPid: readChildren(served.child.pid ?? 0)[0] ?? 0,
      run: async (command) => start([...enter, ...command], { ...ENVIRONMENT, ...env }).ended,
      write: (path, text) => writeFile(`/proc/${initPid}/root${path}`, text),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<ToolRun>;
  output(): string;
  printed(line: string): Promise<void>;
}

function start([file = '', ...args]: readonly string[], env?: Readonly<Record<string, string>>): Started {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], ...(env === undefined ? {} : { env }) });
  let stdout = '';
  let stderr = '';
  let isOver = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // It may be gone before its input ends.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<ToolRun>((resolve) => {
    const end = (status: number): void => {
      isOver = true;
      resolve({ status, stdout, stderr });
    };
    child.once('error', (error) => {
      stderr += String(error);
      end(127);
    });
    child.once('close', (code) => end(code ?? 255));
  });
  const output = (): string => `${stdout}\n${stderr}`;
  return {
    child,
    ended,
    output,
    printed: async (line) => {
      const isThere = (): boolean => stdout.split('\n').includes(line);
      await until(() => isThere() || isOver, `"${line}" from ${file}`);
      if (!isThere()) {
        throw new Error(`Expected "${line}" from ${[file, ...args].join(' ')}, it ended: ${output()}`);
      }
    },
  };
}
