// Runs a command as PID 1 of a fresh PID namespace, with its own /proc, and looks at it from outside. When the
// handle is disposed of, or this process dies, the kernel ends everything in the namespace.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

export interface ProcessInfo {
  /** Seen from the test. */
  readonly pid: number;
  /** Seen from inside the namespace. */
  readonly innerPid: number;
  readonly parent: number;
  /** R, S, D, T, Z … as in proc(5). */
  readonly state: string;
  readonly name: string;
}

export interface NamespaceEnd {
  /** The exit status as a shell shows it: 128+signal for a signal. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface NamespaceOptions {
  /** The complete environment: nothing is inherited but PATH. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** File descriptors handed on as 3, 4, … */
  readonly descriptors?: readonly number[];
}

export interface PidNamespace extends AsyncDisposable {
  /** PID 1, seen from the test. */
  readonly initPid: number;
  readonly ended: Promise<NamespaceEnd>;
  stdout(): string;
  stderr(): string;
  /** Sends a signal to PID 1, as a container runtime does. */
  signal(name: NodeJS.Signals): void;
  /** Everything that was started in the namespace, PID 1 included; zombies too. */
  processes(): ProcessInfo[];
  /** Runs a command inside, as `docker exec` does, and gives its stdout. */
  enter(command: readonly string[]): Promise<string>;
  /** Waits until a whole line of stdout equals the text. */
  printed(line: string, count?: number): Promise<void>;
}

export const WAIT_LIMIT_MS = 20_000;

/** Waits for a condition; only its absence after the limit is a failure, so load makes it slow and not wrong. */
export async function until(
  condition: () => boolean,
  what: string | (() => string),
  limitMs = WAIT_LIMIT_MS,
): Promise<void> {
  const limit = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > limit) {
      throw new Error(`Expected within ${limitMs} ms: ${typeof what === 'string' ? what : what()}`);
    }
    await sleep(5);
  }
}

/** Undefined when the process is gone. */
export function readProcess(pid: number): ProcessInfo | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const end = stat.lastIndexOf(')');
    const [state = '', parent = ''] = stat.slice(end + 2).split(' ');
    const inner = /^NSpid:.*?(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return {
      pid,
      innerPid: Number(inner ?? pid),
      parent: Number(parent),
      state,
      name: stat.slice(stat.indexOf('(') + 1, end),
    };
  } catch {
    return undefined; // it ended between the listing and the look
  }
}

/** Signals one process. Numbers that mean several of them to kill(2), or nobody found, are a fault of the test. */
export function killProcess(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined || pid < 2) {
    throw new Error(`Expected a process to send ${signal} to, there is none`);
  }
  process.kill(pid, signal);
}

/** The process and all that descend from it, in the order of /proc. */
export function listTree(root: number): ProcessInfo[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcess(Number(name)))
    .filter((info) => info !== undefined);
  const tree = new Set([root]);
  for (let size = 0; size !== tree.size; ) {
    size = tree.size;
    for (const info of all) {
      if (tree.has(info.parent)) tree.add(info.pid);
    }
  }
  return all.filter((info) => tree.has(info.pid));
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGKILL: 9, SIGTERM: 15, SIGSEGV: 11, SIGABRT: 6 };

function collect(child: ChildProcess): { stdout(): string; stderr(): string; ended: Promise<NamespaceEnd> } {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<NamespaceEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({ status: code ?? 128 + (SIGNAL_NUMBERS[signal ?? ''] ?? 0), stdout, stderr });
    });
  });
  ended.catch(() => undefined); // whoever awaits it gets the error; nobody has to
  return { stdout: () => stdout, stderr: () => stderr, ended };
}

/** Resolves when the command has really become PID 1: a signal before that would meet unshare(1). */
export async function startInPidNamespace(
  command: readonly string[],
  options: NamespaceOptions = {},
): Promise<PidNamespace> {
  const asUser = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  // This process dies → setpriv's death signal takes unshare → its --kill-child takes PID 1 → the kernel all others.
  const outside = ['--pdeathsig', 'KILL', '--', 'unshare', ...asUser];
  const child = spawn(
    'setpriv',
    [...outside, '--pid', '--fork', '--mount-proc', '--kill-child', '--', ...command],
    {
      env: { PATH: process.env['PATH'], ...options.env },
      stdio: ['ignore', 'pipe', 'pipe', ...(options.descriptors ?? [])],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    },
  );
  const output = collect(child);
  const outer = child.pid;
  if (outer === undefined) throw await output.ended.catch((error: unknown) => error);

  let over = false;
  output.ended.finally(() => {
    over = true;
  });
  let initPid = 0;
  await until(() => {
    const children = readChildren(outer);
    initPid = children[0] ?? 0;
    // Before its exec the child is still unshare; a command that ended at once is told by `ended`.
    return over || (initPid > 0 && readProcess(initPid)?.name !== 'unshare');
  }, 'PID 1 of the namespace');

  const stop = async (): Promise<void> => {
    if (!over) child.kill('SIGKILL'); // --kill-child: the kernel then KILLs PID 1, and with it all others
    await output.ended;
  };
  // Pid 0 would be the group of the test itself to kill(2), and the root of all processes to us.
  const livingInit = (): number => {
    if (initPid === 0 || over) {
      throw new Error(`Expected the namespace to be there, it has ended: ${output.stderr()}`);
    }
    return initPid;
  };
  return {
    initPid,
    ...output,
    signal: (name) => {
      killProcess(livingInit(), name);
    },
    processes: () => (initPid === 0 ? [] : listTree(initPid)),
    enter: async ([file, ...args]) => {
      const inside = ['--target', String(livingInit()), '--pid', '--mount', '--', file ?? 'true', ...args];
      return (await promisify(execFile)('nsenter', inside)).stdout;
    },
    printed: (line, count = 1) =>
      until(
        () =>
          over ||
          output
            .stdout()
            .split('\n')
            .filter((text) => text === line).length >= count,
        () => `"${line}" ${count} times on stdout, got ${output.stdout()} and on stderr ${output.stderr()}`,
      ),
    [Symbol.asyncDispose]: stop,
  };
}

/** Pids of a process's children; none when it is gone. */
export function readChildren(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
    return text === '' ? [] : text.split(' ').map(Number);
  } catch {
    return []; // it is gone
  }
}
