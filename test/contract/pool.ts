import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CaseResult } from './report.ts';
import { removeCgroup } from './stage/cgroup.ts';

const WORKER = join(import.meta.dirname, 'worker.ts');

export interface PoolOptions {
  /** Shell text that starts a daemon. */
  readonly command: string;
  readonly names: readonly string[];
  readonly jobs: number;
  readonly onResult: (result: CaseResult) => void;
  /** Gives up: what runs is ended, nothing more is started. */
  readonly signal?: AbortSignal;
}

/** Plays cases, several at a time, each worker in a network namespace of its own. Gives the results as named. */
export async function playAll(options: PoolOptions): Promise<CaseResult[]> {
  const { names, jobs, onResult } = options;
  const waiting = [...names];
  const results: CaseResult[] = [];
  const report = (result: CaseResult): void => {
    results.push(result);
    onResult(result);
  };
  // A worker that is killed cannot tidy up behind itself.
  const scratch = mkdtempSync(join(tmpdir(), 'bundlet-contract-'));
  const run: Run = { options, scratch, waiting, report };
  try {
    await Promise.all(Array.from({ length: Math.min(jobs, names.length) }, () => work(run)));
  } finally {
    await Promise.all(readdirSync(scratch).map(removeCgroup));
    rmSync(scratch, { recursive: true, force: true });
  }
  return results.sort((one, other) => names.indexOf(one.name) - names.indexOf(other.name));
}

interface Run {
  readonly options: PoolOptions;
  /** Where all temporary files of the workers go. */
  readonly scratch: string;
  readonly waiting: string[];
  readonly report: (result: CaseResult) => void;
}

/** One worker until nothing is left; one that dies takes only its case with it. */
async function work(run: Run): Promise<void> {
  while (run.waiting.length > 0 && run.options.signal?.aborted !== true) {
    await feed(run);
  }
}

async function feed({ options: { command, signal }, scratch, waiting, report }: Run): Promise<void> {
  // As an ordinary user the worker is root of a user namespace.
  const asUser = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const namespaces = ['--pdeathsig', 'KILL', '--', 'unshare', ...asUser, '--net', '--'];
  const worker = spawn('setpriv', [...namespaces, process.execPath, WORKER, command], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: scratch },
    ...(signal === undefined ? {} : { signal, killSignal: 'SIGKILL' }),
  });
  // Told by its end.
  worker.on('error', () => undefined);
  worker.stdin.on('error', () => undefined);
  const begunMs = performance.now();
  let current: string | undefined;
  const next = (): void => {
    current = waiting.shift();
    if (current === undefined) {
      worker.stdin.end();
    } else {
      worker.stdin.write(`${current}\n`);
    }
  };
  next();
  for await (const line of createInterface({ input: worker.stdout })) {
    report(JSON.parse(line) as CaseResult);
    next();
  }
  if (current !== undefined) {
    const ms = Math.round(performance.now() - begunMs);
    const failure = signal?.aborted === true ? 'Given up' : 'Expected a result, the process that plays ended';
    report({ name: current, passed: false, ms, failure });
  }
}
