// Clients that share no code with ours. CI always has them; `npm test` elsewhere may do without.
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { onTestFinished } from 'vitest';

export const hasProgram = (program: string): boolean =>
  spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;

export interface RunningProgram {
  readonly process: ChildProcessWithoutNullStreams;
  /** Both streams, as they came. */
  output(): string;
  readonly exited: Promise<number | null>;
}

/** Starts a program that is gone at the end of the test. */
export function startProgram(program: string, args: readonly string[]): RunningProgram {
  const child = spawn(program, args);
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  // It may be gone before it has read what we tell it.
  child.stdin.on('error', () => undefined);
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return { process: child, output: () => output, exited };
}
