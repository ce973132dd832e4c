import { execa } from 'execa';

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  /** Standard output and error, in the order they came. */
  readonly all: string;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Standard input; empty when undefined. */
  readonly input?: string;
  /** Called for each line as it comes. */
  readonly onLine?: (line: string) => void;
}

const DEFAULT_TIMEOUT_MS = 180_000;

/**
 * Runs a command in a process group of its own, so that Ctrl-C reaches only us and a whole tree can be ended.
 * A bad exit code is a result, not an error; a time-out or an abort is an error.
 */
export async function run(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { env = {}, timeoutMs = DEFAULT_TIMEOUT_MS, signal, onLine, input = '' } = options;
  signal?.throwIfAborted();
  const child = execa(file, args, { env, all: true, reject: false, detached: true, input });
  const deadline = AbortSignal.timeout(timeoutMs);
  const end = AbortSignal.any(signal === undefined ? [deadline] : [deadline, signal]);
  const endGroup = (): void => killGroup(child.pid);
  end.addEventListener('abort', endGroup, { once: true });
  try {
    if (onLine !== undefined) {
      for await (const line of child.iterable({ from: 'all' })) {
        onLine(line);
      }
    }
    const result = await child;
    signal?.throwIfAborted();
    if (deadline.aborted) {
      throw new Error(`Not finished after ${timeoutMs / 1000} s: ${file} ${args.join(' ')}\n${result.all}`);
    }
    if (result.exitCode === undefined) {
      throw new Error(`${result.shortMessage ?? 'No exit code'}: ${file} ${args.join(' ')}`);
    }
    return { exitCode: result.exitCode, stdout: result.stdout, all: result.all };
  } finally {
    end.removeEventListener('abort', endGroup);
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) {
    return;
  }
  try {
    process.kill(-pid, 'SIGTERM');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) {
      throw error;
    }
  }
}
