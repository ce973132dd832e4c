import { type ChildProcess, spawn } from 'node:child_process';
import { BoundedOutput } from '../../process/output.ts';
import { killGroup } from '../../process/process-group.ts';
import type { Call, CallEnd } from '../caller.ts';
import type { RunEnd } from '../run.ts';

/** How long somebody who holds the output open is waited for, in ms, if nothing else is asked for. */
const HELD_LIMIT_MS = 1000;

/** A program for an action. */
export interface Program {
  readonly path: string;
  readonly arguments: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Runs a program as Pacemaker's executor does: a process group of its own, standard input empty, killed with its group at its timeout
 * [ocf-agents 1.5]. Never rejects.
 */
export function spawnCall(program: Program, call: Call, signal: AbortSignal): Promise<CallEnd> {
  const { promise, resolve } = Promise.withResolvers<CallEnd>();
  const startedMs = performance.now();
  const stdout = new BoundedOutput();
  const stderr = new BoundedOutput();
  let end: RunEnd | undefined;
  let endedMs = 0;
  let child: ChildProcess;
  const settle = (): void => {
    clearTimeout(held);
    child.stdout?.destroy();
    child.stderr?.destroy();
    const now = performance.now();
    resolve({
      end: end ?? { kind: 'killed' },
      ...(child.pid === undefined ? {} : { pid: child.pid }),
      stdout: stdout.text(),
      stderr: stderr.text(),
      ms: Math.round(endedMs - startedMs),
      heldMs: Math.max(0, Math.round(now - endedMs)),
    });
  };
  let held: NodeJS.Timeout | undefined;
  const kill = (why: RunEnd): void => {
    end ??= why;
    if (child.pid !== undefined) {
      killGroup(child.pid);
    }
  };
  const { timeoutMs, options } = call;
  const limit = setTimeout(() => kill({ kind: 'timed-out', limitMs: timeoutMs }), timeoutMs);
  const early =
    options.killAfterMs === undefined
      ? undefined
      : setTimeout(() => kill({ kind: 'killed' }), options.killAfterMs);
  const onAbort = (): void => kill({ kind: 'killed' });
  signal.addEventListener('abort', onAbort, { once: true });
  const ended = (how: RunEnd): void => {
    clearTimeout(limit);
    clearTimeout(early);
    signal.removeEventListener('abort', onAbort);
    end ??= how;
    endedMs = performance.now();
    held = setTimeout(settle, options.heldLimitMs ?? HELD_LIMIT_MS);
  };
  child = launch(program, call);
  child.stdout?.on('data', (chunk: Buffer) => stdout.write(chunk));
  child.stderr?.on('data', (chunk: Buffer) => stderr.write(chunk));
  child.once('error', (error: NodeJS.ErrnoException) => {
    ended({ kind: 'not-started', errno: error.code ?? 'EIO' });
    settle();
  });
  child.once('exit', (code, by) =>
    ended(code === null ? { kind: 'signalled', signal: by ?? 'SIGKILL' } : { kind: 'exited', code }),
  );
  // Both streams have ended.
  child.once('close', settle);
  return promise;
}

/** What spawn can't say itself, a shell in between says. */
function launch({ path, arguments: words, env }: Program, { options }: Call): ChildProcess {
  const { directory = '/', stdin, umask, user, extraArguments = [] } = options;
  const preparation = [
    ...(umask === undefined ? [] : [`umask ${umask.toString(8)}`]),
    `exec "$0" "$@"${stdin === 'closed' ? ' <&-' : ''}`,
  ].join('; ');
  const all = [...words, ...extraArguments];
  const [program, args] =
    umask === undefined && stdin !== 'closed'
      ? ([path, all] as const)
      : (['/bin/sh', ['-c', preparation, path, ...all]] as const);
  return spawn(program, args, {
    env,
    cwd: directory,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...user,
  });
}
