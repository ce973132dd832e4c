import { spawn } from 'node:child_process';
import { BoundedOutput } from '../../process/output.ts';
import { killGroup } from '../../process/process-group.ts';

/** What is waited for who holds the output of a command that has ended, in ms. */
const HELD_MS = 200;

/** Runs a shell command in a group of its own, which is killed at its limit; the code is -1 then, or for its end by a signal. */
export function runShell(
  command: string,
  env: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<{ readonly code: number; readonly output: string }> {
  const { promise, resolve } = Promise.withResolvers<{ readonly code: number; readonly output: string }>();
  const output = new BoundedOutput();
  const child = spawn('/bin/sh', ['-c', command], {
    env,
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let code = -1;
  const settle = (): void => {
    clearTimeout(limit);
    clearTimeout(held);
    child.stdout.destroy();
    child.stderr.destroy();
    resolve({ code, output: output.text() });
  };
  let held: NodeJS.Timeout | undefined;
  const limit = setTimeout(() => {
    output.write(Buffer.from(`\nIt did not end within ${timeoutMs} ms\n`));
    if (child.pid !== undefined) {
      killGroup(child.pid);
    }
  }, timeoutMs);
  child.stdout.on('data', (chunk: Buffer) => output.write(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.write(chunk));
  child.once('error', (error) => {
    output.write(Buffer.from(error.message));
    settle();
  });
  child.once('exit', (status) => {
    code = status ?? -1;
    // A service that it started in the background may have the output open for good.
    held = setTimeout(settle, HELD_MS);
  });
  child.once('close', settle);
  return promise;
}
