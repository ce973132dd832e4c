import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { messageOf } from '../errors/agent-error.ts';
import { BoundedOutput } from '../process/output.ts';
import type { CheckResult } from './result.ts';
import type { Run } from './run.ts';
import type { WorkerEvent, WorkerTask } from './worker-task.ts';

/** `true` in the bundle that esbuild makes, not defined elsewhere. */
declare const BUNDLET_BUNDLED: boolean | undefined;

/** What a worker may take to end by itself once its job's limit is over, in ms. */
const GRACE_MS = 3000;
/** What one on the machine itself may take to clean up when it is told to end, in ms: it stops every resource. */
const CLEAN_UP_MS = 60_000;
const KILLED_CODE = 128 + 9;
/** How long its streams are waited for when it has ended, in ms: somebody who escaped may hold them. */
const STREAMS_MS = 1000;

/** How a worker is started. */
export interface WorkerStart {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Descriptors of this process that it gets as 5, 6, …; `ignore` leaves one out. */
  readonly descriptors: readonly (number | 'ignore')[];
  /** `kill`: its first child is PID 1 of a namespace, with which all in there is gone. `ask`: it cleans up, and does so if this process dies. */
  readonly end: 'kill' | 'ask';
}

/** How a worker ended. */
export interface WorkerEnd {
  /** Undefined if it did not come to one. */
  readonly result?: CheckResult;
  readonly cause: 'ended' | 'limit' | 'aborted' | 'killed';
  /** Why it gave up, if it said so. */
  readonly reason?: string;
  /** What it said beside its events: why it did not come to a result. */
  readonly output: string;
  readonly runs: readonly Run[];
}

/** The command line of the program: a module in a checkout, a file beside the bundle otherwise. */
export function workerCommand(): readonly string[] {
  // esbuild drops the second branch with its `import.meta`, which CommonJS does not have.
  return typeof BUNDLET_BUNDLED !== 'undefined' && BUNDLET_BUNDLED
    ? [process.execPath, join(dirname(__filename), 'conformance-worker.cjs')]
    : [process.execPath, join(import.meta.dirname, 'worker.ts')];
}

/** Runs a worker to its end, which comes at the latest some seconds after the job's limit. */
export async function runWorker(
  start: WorkerStart,
  task: WorkerTask,
  { onRun, signal }: { readonly onRun: (run: Run) => void; readonly signal: AbortSignal },
): Promise<WorkerEnd> {
  const [program = '', ...words] = start.command;
  const child = spawn(program, words, {
    env: start.env,
    cwd: '/',
    // A terminal's Ctrl-C is for the program that people started; it ends this one in order.
    detached: true,
    // Nothing is ever written to the first: its end tells that this process has died.
    stdio: [start.end === 'ask' ? 'pipe' : 'ignore', 'pipe', 'pipe', 'pipe', 'pipe', ...start.descriptors],
  });
  const output = new BoundedOutput();
  child.stdout?.on('data', (chunk: Buffer) => output.write(chunk));
  child.stderr?.on('data', (chunk: Buffer) => output.write(chunk));
  const runs: Run[] = [];
  let result: CheckResult | undefined;
  let reason: string | undefined;
  let cause: WorkerEnd['cause'] = 'ended';
  readEvents(child.stdio[3] as Readable, (event) => {
    if (event.type === 'action') {
      runs.push(event.run);
      onRun(event.run);
    } else if (event.type === 'result') {
      result = event.result;
    } else {
      reason = event.reason;
    }
  });
  giveTask(child.stdio[4] as Writable, task);
  let cleaning: NodeJS.Timeout | undefined;
  const stop = (why: WorkerEnd['cause']): void => {
    cause = why;
    if (start.end === 'kill') {
      killNamespace(child);
    } else {
      child.kill('SIGTERM');
      cleaning ??= setTimeout(() => child.kill('SIGKILL'), CLEAN_UP_MS);
    }
  };
  const onAbort = (): void => stop('aborted');
  const limit = setTimeout(() => stop('limit'), task.job.limitMs + GRACE_MS);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) {
    onAbort();
  }
  const trouble = await ended(child);
  if (cause === 'ended' && wasKilled(child)) {
    cause = 'killed';
  }
  clearTimeout(limit);
  clearTimeout(cleaning);
  signal.removeEventListener('abort', onAbort);
  return {
    ...(result === undefined ? {} : { result }),
    ...(reason === undefined ? {} : { reason }),
    ...{ cause, output: trouble ?? output.text(), runs },
  };
}

/** By somebody else. The shell that is PID 1 tells of its worker's end by a number [POSIX sh 2.8.2]. */
function wasKilled({ exitCode, signalCode }: ChildProcess): boolean {
  return signalCode === 'SIGKILL' || exitCode === KILLED_CODE;
}

/** Resolves with what kept it from being started, if anything did. */
function ended(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    let streams: NodeJS.Timeout | undefined;
    child.once('error', (error) => resolve(messageOf(error)));
    child.once('exit', () => {
      streams = setTimeout(() => {
        for (const stream of child.stdio) {
          stream?.destroy();
        }
        resolve(undefined);
      }, STREAMS_MS);
    });
    child.once('close', () => {
      clearTimeout(streams);
      resolve(undefined);
    });
  });
}

function readEvents(from: Readable, onEvent: (event: WorkerEvent) => void): void {
  // It may be killed in the midst of a line.
  from.on('error', () => undefined);
  createInterface({ input: from }).on('line', (line) => {
    const event = readEvent(line);
    if (event !== undefined) {
      onEvent(event);
    }
  });
}

/** The descriptor is the worker's alone; only a line that was cut off is none of its events. */
function readEvent(line: string): WorkerEvent | undefined {
  try {
    return JSON.parse(line) as WorkerEvent;
  } catch {
    return undefined;
  }
}

function giveTask(to: Writable, task: WorkerTask): void {
  // One that did not get so far says why on its own.
  to.on('error', () => undefined);
  to.end(JSON.stringify(task));
}

/** PID 1 takes everything with it, and `unshare` ends after that; before there is one, the command itself is what runs. */
async function killNamespace(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) {
    return;
  }
  const first = await firstChild(pid);
  try {
    process.kill(first ?? pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

async function firstChild(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1').catch(() => '');
  const first = Number(text.trim().split(' ')[0]);
  return first > 1 ? first : undefined;
}
