import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import { emit } from '../observe/events.ts';
import { type HangRecord, lastLinesOf, recordHang } from './hang.ts';
import { BoundedOutput } from './output.ts';
import type { Exit, Output, Usage } from './runner.ts';
import type { Ending } from './spawner-frames.ts';

export interface SpawnerRunOptions {
  /** What it is called in the log. */
  readonly name: string;
  /** The command's own limit; 0 if it has none or it isn't known. */
  readonly timeoutMs: number;
  /** As in `Command`. */
  readonly keepsNuls?: boolean;
  readonly onEnd: (exit: Exit, usage: Usage | undefined) => void;
}

/** One command that a spawner runs, on its way. */
export class SpawnerRun {
  readonly name: string;
  /** 0: none. */
  readonly timeoutMs: number;
  /** Known once it was started. */
  pid: number | undefined;
  /** From then on the spawner owes a word about it, on the clock; of inherited runs it owes none. */
  owedAtMs = Number.POSITIVE_INFINITY;
  readonly #keepsNuls: boolean;
  readonly #onEnd: SpawnerRunOptions['onEnd'];
  #stdout: BoundedOutput | undefined;
  #stderr: BoundedOutput | undefined;
  #hang: HangRecord | undefined;

  constructor({ name, timeoutMs, keepsNuls = false, onEnd }: SpawnerRunOptions) {
    this.name = name;
    this.timeoutMs = timeoutMs;
    this.#keepsNuls = keepsNuls;
    this.#onEnd = onEnd;
  }

  take(stream: 1 | 2, bytes: Buffer): void {
    // A copy: the bytes lie in a buffer that is used again.
    this.#outputOf(stream).write(Buffer.from(bytes));
  }

  output(): Output {
    const textOf = (output: BoundedOutput | undefined): string =>
      (this.#keepsNuls ? output?.rawText() : output?.text()) ?? '';
    return { stdout: textOf(this.#stdout), stderr: textOf(this.#stderr) };
  }

  /** Its time is nearly over: notes what it does, for the case that it does not end before. */
  lookAtHang(): void {
    if (this.pid !== undefined) {
      const { stdout, stderr } = this.output();
      this.#hang = recordHang(this.pid, lastLinesOf(stderr === '' ? stdout : stderr));
    }
  }

  /** `ending` is absent where the spawner did not tell of it. */
  end(exit: Exit, ending?: Ending): void {
    const [stdoutBytes, stderrBytes] = ending?.droppedBytes ?? [0, 0];
    if (stdoutBytes + stderrBytes > 0) {
      this.#outputOf(1).skip(stdoutBytes);
      this.#outputOf(2).skip(stderrBytes);
      emit('op.output-cut', { path: this.name, droppedBytes: stdoutBytes + stderrBytes });
    }
    const told = exit.kind === 'timed-out' && this.#hang !== undefined ? { ...exit, hang: this.#hang } : exit;
    this.#onEnd(told, ending === undefined ? undefined : usageOf(ending));
  }

  /** Most programs write to one of them at most. */
  #outputOf(stream: 1 | 2): BoundedOutput {
    if (stream === 1) {
      this.#stdout ??= new BoundedOutput();
      return this.#stdout;
    }
    this.#stderr ??= new BoundedOutput();
    return this.#stderr;
  }
}

const SIGNAL_NAMES = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/** What a program took; of one that was never started nothing was measured. */
function usageOf({ how, usage }: Ending): Usage | undefined {
  const { userMs, systemMs, maxRssKb } = usage;
  return how === 'not-started' ? undefined : { cpuMs: userMs + systemMs, maxRssKb };
}

/** What an ending means. */
export function exitOf({ how, value }: Ending): Exit {
  switch (how) {
    case 'exited':
      return { kind: 'exited', code: value };
    case 'signalled':
      // Real-time signals have no name in Node.
      return { kind: 'signalled', signal: (SIGNAL_NAMES.get(value) ?? `SIG${value}`) as NodeJS.Signals };
    case 'timed-out':
      return { kind: 'timed-out' };
    case 'not-started':
      return { kind: 'not-started', errno: getSystemErrorName(-value) };
  }
}
