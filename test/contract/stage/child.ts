import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ContractFailure } from '../engine/failure.ts';

const OUTPUT_LIMIT = 200_000;
const FIRST_CHILD_MS = 20_000;

/** A process that dies with this one, with the end of its output. */
export interface Child {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<void>;
  isOver(): boolean;
  output(): string;
  kill(): Promise<void>;
}

export interface ChildOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Starts a program that the kernel kills when this process ends, however that comes about. */
export function startChild(command: readonly string[], { env, cwd }: ChildOptions): Child {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...command], {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  let output = '';
  let isOver = false;
  const collect = (text: string): void => {
    output = (output + text).slice(-OUTPUT_LIMIT);
  };
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  // It may be gone before its input ends.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      isOver = true;
      resolve();
    };
    child.once('exit', end);
    child.once('error', (error) => {
      collect(String(error));
      end();
    });
  });
  return {
    process: child,
    pid: child.pid ?? 0,
    ended,
    isOver: () => isOver,
    output: () => output,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The first child of a process such as unshare(1), once it has one. */
export async function firstChild(parent: Child): Promise<number> {
  const deadline = performance.now() + FIRST_CHILD_MS;
  while (!parent.isOver() && performance.now() < deadline) {
    const pid = Number(read(`/proc/${parent.pid}/task/${parent.pid}/children`).trim().split(' ')[0]);
    if (pid > 0) {
      return pid;
    }
    await sleep(5);
  }
  throw new ContractFailure(`Expected namespaces for a daemon, could not make them: ${parent.output()}`);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it has ended
  }
}
