import { stat } from 'node:fs';
import type { Command, Exit, Output, Runner, RunnerAccess, RunningCommand } from '../process/runner.ts';
import type { RunningAction } from './action.ts';
import { reportedOutput } from './process-result.ts';
import { type ActionResult, OCF, plainResult, STATUS } from './result.ts';

const NO_OUTPUT: Output = { stdout: '', stderr: '' };

/** What a class of agents makes of the end of its processes. */
export interface AgentReading {
  /** The process ended, or the kernel refused to execute a file that is there. */
  ended(exit: Exit, output: Output): ActionResult;
  /** The file can't be found; `errno` is the word of stat(2), such as `ENOENT`. */
  notFound(errno: string): ActionResult;
}

/** One action as one process of an agent: what all classes that run programs share. `onEnd` is called once. */
export class AgentProcess implements RunningAction {
  readonly #runner: RunnerAccess;
  readonly #reading: AgentReading;
  readonly #onEnd: (result: ActionResult) => void;
  #running: RunningCommand | undefined;
  #isKilled = false;

  constructor(runner: RunnerAccess, reading: AgentReading, onEnd: (result: ActionResult) => void) {
    this.#runner = runner;
    this.#reading = reading;
    this.#onEnd = onEnd;
  }

  /** Starts the program; one that was killed before is cancelled instead. */
  launch(command: Command): void {
    const runner = this.#runner();
    if (runner instanceof Promise) {
      runner.then((loaded) => this.#begin(loaded, command));
    } else {
      // Without a turn of the event loop in between: the program starts before the request is answered.
      this.#begin(runner, command);
    }
  }

  /** Ends with the given result and no process, unless the agent is not even there, which says more. */
  refuse(path: string, result: ActionResult): void {
    this.#explain(path, result);
  }

  kill(): string | undefined {
    this.#isKilled = true;
    return this.#running === undefined ? undefined : reportedOutput(this.#running.kill());
  }

  #begin(runner: Runner, command: Command): void {
    if (this.#isKilled) {
      this.#onEnd(plainResult(OCF.error, STATUS.cancelled));
      return;
    }
    this.#running = runner.run(command, (exit, output, usage) => {
      if (exit.kind === 'not-started') {
        this.#explain(command.path, this.#reading.ended(exit, NO_OUTPUT));
      } else {
        const result = this.#reading.ended(exit, output);
        this.#onEnd(usage === undefined ? result : { ...result, usage });
      }
    });
  }

  /** Looked up only now, so that an agent that runs costs no look at its file. */
  #explain(path: string, result: ActionResult): void {
    stat(path, (error) => {
      this.#onEnd(error === null ? result : this.#reading.notFound(error.code ?? 'EIO'));
    });
  }
}
