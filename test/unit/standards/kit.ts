import { statSync } from 'node:fs';
import type { Command, Exit, OnExit, Output, Runner, Usage } from '../../../src/process/runner.ts';
import type { Action, ActionRunner } from '../../../src/standards/action.ts';
import type { ActionResult } from '../../../src/standards/result.ts';

export const QUIET: Output = { stdout: '', stderr: '' };

/** Ends every command at once, or when it is told to, and remembers what it was asked. */
export class FakeRunner implements Runner {
  readonly commands: Command[] = [];
  kills = 0;
  /** How the next commands end. */
  exit: Exit = { kind: 'exited', code: 0 };
  output = QUIET;
  usage: Usage | undefined;
  /** Commands wait for `finish`. */
  isHolding = false;
  readonly #waiting: (() => void)[] = [];

  run(command: Command, onExit: OnExit) {
    const errno = errnoOf(command.path);
    const exit: Exit = errno === undefined ? this.exit : { kind: 'not-started', errno };
    if (errno === undefined) {
      this.commands.push(command);
    }
    const end = (): void => onExit(exit, this.output, this.usage);
    if (this.isHolding) {
      this.#waiting.push(end);
    } else {
      queueMicrotask(end);
    }
    return {
      kill: () => {
        this.kills += 1;
        return this.output;
      },
    };
  }

  /** Ends the oldest command that waits. */
  finish(): void {
    this.#waiting.shift()?.();
  }
}

/** As execve(2) answers: only files can be executed. */
function errnoOf(path: string): string | undefined {
  try {
    return statSync(path).isDirectory() ? 'EACCES' : undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

export const action = (fields: Partial<Action> = {}): Action => ({
  rsc: { id: 'r1', class: 'ocf', provider: 'test', type: 'Fake' },
  name: 'monitor',
  intervalMs: 0,
  timeoutMs: 20_000,
  parameters: new Map(),
  ...fields,
});

export const resultOf = (runner: ActionRunner, given: Action): Promise<ActionResult> =>
  new Promise((resolve) => runner.run(given, resolve));
