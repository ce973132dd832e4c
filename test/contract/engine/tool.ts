import { spawn } from 'node:child_process';
import type { ToolEndStep } from '../model.ts';
import { ContractFailure } from './failure.ts';
import { type Kept, matches, show } from './match.ts';
import { withDeadline } from './waits.ts';

/** How a command ended, and what it wrote. */
type ToolEnd = Readonly<Record<'code' | 'stdout' | 'stderr', unknown>>;

/** Commands that run beside the daemon while a case goes on. They end with its namespaces at the latest. */
export class Tools {
  readonly #ends = new Map<string, Promise<ToolEnd>>();

  /** @param command program and arguments, whatever namespaces they enter */
  start(name: string, command: readonly string[]): void {
    const [program = '', ...args] = command;
    this.#ends.set(name, run(program, args));
  }

  async end({ name, result, withinMs }: ToolEndStep, kept: Kept): Promise<void> {
    const end = this.#ends.get(name);
    if (end === undefined) {
      throw new ContractFailure(`Expected a command named ${name} to have been started`);
    }
    const got = await withDeadline(end, withinMs);
    if (!matches(result, got, kept)) {
      throw new ContractFailure(`Expected it to end with ${show(result)}, got ${JSON.stringify(got)}`);
    }
  }
}

function run(program: string, args: readonly string[]): Promise<ToolEnd> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' },
  });
  const written = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      written[stream] += text;
    });
  }
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: undefined, ...written, stderr: String(error) }));
    child.once('close', (code, signal) => resolve({ code: code ?? signal, ...written }));
  });
}
