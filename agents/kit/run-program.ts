import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Host, ProgramResult } from './host.ts';
import { killTree } from './kill-tree.ts';

/** What is kept of each stream of a program, in characters. */
const OUTPUT_LIMIT = 1024 * 1024;

type Child = ChildProcessByStdio<null, Readable, Readable>;
type HowItEnded = Omit<ProgramResult, 'stdout' | 'stderr' | 'isTimedOut'>;

/**
 * Runs a program of an agent that is a process of its own. It stays in the agent's process group, so that the executor's
 * SIGKILL at the end of the action's time reaches it, too.
 */
export const runProgram: Host['run'] = ({ path, args, env, timeoutMs, user }, signal) => {
  const never = { stdout: '', stderr: '', isTimedOut: false };
  if (signal.aborted) {
    return Promise.resolve({ ...never, signal: 'SIGKILL' as const });
  }
  // Loaded at first use, at once: most monitors run no program.
  const { spawn } = process.getBuiltinModule('node:child_process');
  try {
    return watch(spawn(path, args, { env, stdio: ['ignore', 'pipe', 'pipe'], ...user }), timeoutMs, signal);
  } catch (error) {
    // What can't be handed to the kernel, such as a NUL in an argument, and some of its refusals.
    return Promise.resolve({ ...never, errno: errnoOf(error) });
  }
};

function watch(child: Child, timeoutMs: number, signal: AbortSignal): Promise<ProgramResult> {
  const stdout = keep(child.stdout);
  const stderr = keep(child.stderr);
  let isTimedOut = false;
  const kill = (): void => killTree(child.pid);
  const timer = setTimeout(() => {
    isTimedOut = true;
    kill();
  }, timeoutMs);
  signal.addEventListener('abort', kill, { once: true });
  return new Promise((resolve) => {
    const end = (how: HowItEnded): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', kill);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ ...how, stdout: stdout(), stderr: stderr(), isTimedOut });
    };
    child.once('error', (error) => end({ errno: errnoOf(error) }));
    child.once('exit', (code, name) => {
      // A turn of the event loop looks at every pipe once: what is in them is read, what is left behind is not waited for.
      setImmediate(() => setImmediate(() => end(code === null ? { signal: name ?? 'SIGKILL' } : { code })));
    });
  });
}

/** Reads a stream to its end, and keeps the beginning. */
function keep(stream: Readable): () => string {
  let kept = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    if (kept.length < OUTPUT_LIMIT) {
      kept = (kept + text).slice(0, OUTPUT_LIMIT);
    }
  });
  stream.on('error', () => undefined);
  return () => kept;
}

function errnoOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && /^E[A-Z0-9]+$/.test(code) ? code : 'EINVAL';
}
