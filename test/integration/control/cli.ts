// The built command `bundlet` as somebody runs it in the container.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { controlSocketIn } from '../daemon/support.ts';

const BUNDLET = join(resolve(import.meta.dirname, '../../..'), 'build/bundlet');

/** What a command line did. */
export interface Did {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly done: Promise<Did>;
  out(): string;
  stop(signal: NodeJS.Signals): void;
}

/** Begins a command. */
export function begin(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(BUNDLET, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', NO_COLOR: '1', ...env },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString('latin1');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const done = once(child, 'close').then(([code]) => ({ status: code as number, out, err }));
  return { done, out: () => out, stop: (signal) => child.kill(signal) };
}

/** Runs a command to its end, for the daemon whose scratch directory it is. */
export const bundlet = (scratch: string, ...args: readonly string[]): Promise<Did> =>
  begin(args, { BUNDLET_CONTROL_SOCKET: controlSocketIn(scratch) }).done;
