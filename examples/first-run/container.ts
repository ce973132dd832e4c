import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

const UNSHARE = ['--pid', '--fork', '--mount-proc', '--kill-child'];

interface Way {
  readonly what: string;
  /** In front of the program. */
  readonly command: readonly string[];
  /** Options of nsenter that lead to the same place; none where there is no namespace. */
  readonly enter: readonly string[];
}

/** Ways to get a PID namespace of our own, best first. The last needs no rights at all. */
const WAYS: readonly Way[] = [
  {
    what: 'in a PID namespace of its own, pcmk-init is PID 1',
    command: ['unshare', ...UNSHARE],
    enter: ['--pid', '--mount'],
  },
  {
    what: 'in a user and PID namespace of its own, pcmk-init is PID 1',
    command: ['unshare', '--user', '--map-root-user', ...UNSHARE],
    enter: ['--user', '--preserve-credentials', '--pid', '--mount'],
  },
  { what: 'without a PID namespace (not allowed here), pcmk-init is a subreaper', command: [], enter: [] },
];

/** A program that believes to be alone in a container. */
export interface Container {
  readonly what: string;
  /** Resolves when the program has ended, with its exit status. */
  readonly ended: Promise<number>;
  /** What it said on standard error so far. */
  readonly stderr: () => string;
  /** Sends a signal to its first process. */
  signal(name: NodeJS.Signals): Promise<void>;
  /** The command line that runs `command` inside. */
  inside(...command: string[]): Promise<string[]>;
}

/** Starts a program as PID 1 where that is allowed. */
export async function startContainer(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Container> {
  const { what, command, enter } = await bestWay();
  const [file = program, ...rest] = [...command, program, ...args];
  // In a group of its own: Ctrl-C reaches only us, and we end the container in order.
  const child = spawn(file, rest, {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...env, ...(command.length === 0 ? { PCMK_remote_pid1: 'full' } : {}) },
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'exit').then(([code]: (number | null)[]) => code ?? 1);
  const firstPid = () => (command.length === 0 ? Promise.resolve(child.pid) : childOf(child));
  return {
    what,
    ended,
    stderr: () => stderr,
    signal: async (name) => {
      const pid = await firstPid();
      if (pid !== undefined && child.exitCode === null) {
        process.kill(pid, name);
      }
    },
    inside: async (...inner) =>
      enter.length === 0
        ? inner
        : ['nsenter', '--target', String(await firstPid()), ...enter, '--', ...inner],
  };
}

async function bestWay(): Promise<Way> {
  for (const way of WAYS) {
    const [file, ...args] = [...way.command, 'true'];
    const works = await run(file ?? 'true', args).then(
      () => true,
      () => false,
    );
    if (works) {
      return way;
    }
  }
  throw new Error('unreachable: the last way needs nothing');
}

/** PID 1 of the namespace, as it is called outside. */
async function childOf(parent: ChildProcess): Promise<number | undefined> {
  const children = await readFile(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8').catch(() => '');
  const first = Number.parseInt(children, 10);
  return Number.isNaN(first) ? undefined : first;
}
