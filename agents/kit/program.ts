import { spawn } from 'node:child_process';
import type { Agent } from './agent.ts';
import type { Clock, Host, ProgramResult } from './host.ts';
import { runAgent } from './run-agent.ts';

/** What is kept of each stream of a program, in bytes. */
const OUTPUT_LIMIT_BYTES = 1024 * 1024;

const systemClock: Clock = {
  nowMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      }, ms);
      if (signal.aborted) {
        onAbort();
      } else {
        signal.addEventListener('abort', onAbort, { once: true });
      }
    }),
};

/** The process as a host. */
function processHost(): Host {
  return {
    writeOut: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
    run: runProgram,
    clock: systemClock,
    cache: new Map(),
  };
}

/** Makes the process an agent: runs the action that its first argument names, and ends with its status. */
export async function runAsProgram(agent: Agent): Promise<void> {
  const env = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const signal = new AbortController().signal;
  process.exitCode = await runAgent(agent, { action: process.argv[2] ?? '', env, signal }, processHost());
}

const runProgram: Host['run'] = ({ path, args, env, timeoutMs, user }, signal) =>
  new Promise((resolve) => {
    const child = spawn(path, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'], ...user });
    const kept = { stdout: '', stderr: '' };
    let isTimedOut = false;
    const kill = (): void => {
      if (child.pid !== undefined) {
        try {
          process.kill(-child.pid, 'SIGKILL');
        } catch {
          // Gone already: its end is on the way.
        }
      }
    };
    const timer = setTimeout(() => {
      isTimedOut = true;
      kill();
    }, timeoutMs);
    signal.addEventListener('abort', kill, { once: true });
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8');
      child[name].on('data', (text: string) => {
        kept[name] = (kept[name] + text).slice(0, OUTPUT_LIMIT_BYTES);
      });
      child[name].on('error', () => undefined);
    }
    const end = (how: Omit<ProgramResult, 'stdout' | 'stderr' | 'isTimedOut'>): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', kill);
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve({ ...how, ...kept, isTimedOut });
    };
    child.once('error', (error: NodeJS.ErrnoException) => end({ errno: error.code ?? 'EIO' }));
    child.once('exit', (code, name) => {
      // A turn of the event loop looks at every pipe once: what is in them is read, what is left behind is not waited for.
      setImmediate(() => setImmediate(() => end(code === null ? { signal: name ?? 'SIGKILL' } : { code })));
    });
  });
