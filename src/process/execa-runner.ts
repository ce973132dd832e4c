import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import type { Clock, Timer } from '../observe/clock.ts';
import { emit } from '../observe/events.ts';
import { type HangRecord, lastLinesOf, recordHang } from './hang.ts';
import { BoundedOutput } from './output.ts';
import type { Command, Exit, OnExit, Output, Runner, RunningCommand } from './runner.ts';

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** How long a killed process may take to go before it is complained of, in ms [pcmk services_linux.c]. */
const WILL_NOT_DIE_MS = 5000;

const NOTHING: Output = { stdout: '', stderr: '' };

/**
 * Runs programs with execa: the way that works everywhere, where there is no spawner. It can neither limit nor measure
 * what they use: they run without limits, which is told once, and without figures.
 */
export class ExecaRunner implements Runner {
  readonly #clock: Clock;
  #isTold = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  run(command: Command, onExit: OnExit): RunningCommand {
    if (!this.#isTold && (command.limits?.length ?? 0) > 0) {
      this.#isTold = true;
      emit('spawner.limits-ignored', { path: command.path });
    }
    try {
      return new ExecaCommand(command, this.#clock, onExit);
    } catch {
      // Arguments that no kernel takes, such as a NUL in a name.
      queueMicrotask(() => onExit({ kind: 'not-started', errno: 'EINVAL' }, NOTHING));
      return { kill: () => NOTHING };
    }
  }
}

class ExecaCommand implements RunningCommand {
  readonly #command: Command;
  readonly #clock: Clock;
  readonly #onExit: OnExit;
  readonly #child: Child;
  readonly #stdout = new BoundedOutput();
  readonly #stderr = new BoundedOutput();
  #timer: Timer | undefined;
  #timedOut = false;
  #hang: HangRecord | undefined;
  /** Once the process was reaped its id may be another's: nothing is signalled any more. */
  #gone = false;

  constructor(command: Command, clock: Clock, onExit: OnExit) {
    this.#command = command;
    this.#clock = clock;
    this.#onExit = onExit;
    const subprocess = spawn(command);
    this.#child = subprocess.nodeChildProcess as Child;
    // Its promise waits for the pipes as well, so only where there is no process does it tell something.
    subprocess.then(
      (result) => {
        if (this.#child.pid === undefined) {
          this.#end({ kind: 'not-started', errno: errnoOf(result.code) });
        }
      },
      // Never rejects with `reject: false`; a fault in execa itself must not end the daemon.
      () => undefined,
    );
    if (this.#child.pid === undefined) {
      return;
    }
    collect(this.#child.stdout, this.#stdout);
    collect(this.#child.stderr, this.#stderr);
    this.#child.once('exit', (code, signal) => this.#exited(code, signal));
    if (command.timeoutMs > 0) {
      this.#timer = clock.setTimer(command.timeoutMs, () => this.#timeOut());
    }
  }

  kill(): Output {
    this.#signal('group');
    return this.#output();
  }

  #timeOut(): void {
    this.#timedOut = true;
    const { pid } = this.#child;
    if (pid !== undefined && !this.#gone) {
      const { stdout, stderr } = this.#output();
      this.#hang = recordHang(pid, lastLinesOf(stderr === '' ? stdout : stderr));
    }
    this.#signal(this.#command.killScope);
  }

  #signal(scope: 'group' | 'process'): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#gone) {
      return;
    }
    try {
      process.kill(scope === 'group' ? -pid : pid, 'SIGKILL');
    } catch (error) {
      // Gone already: its exit is on the way. Anything else must be seen.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
        throw error;
      }
    }
    this.#timer?.cancel();
    this.#timer = this.#clock.setTimer(WILL_NOT_DIE_MS, () => {
      emit('op.will-not-die', { pid, path: this.#command.path });
    });
  }

  #exited(code: number | null, signal: NodeJS.Signals | null): void {
    const exit: Exit = this.#timedOut
      ? { kind: 'timed-out', ...(this.#hang === undefined ? {} : { hang: this.#hang }) }
      : signal === null
        ? { kind: 'exited', code: code ?? 0 }
        : { kind: 'signalled', signal };
    this.#gone = true;
    this.#timer?.cancel();
    this.#drain(0, () => this.#end(exit));
  }

  /**
   * Reads what is left in the pipes without waiting for their end. A turn of the event loop looks at every pipe
   * once, so after a whole turn that brought nothing there is nothing.
   */
  #drain(turnsWithoutData: number, done: () => void): void {
    const { stdout, stderr } = this.#child;
    if (turnsWithoutData === 2 || (stdout.readableEnded && stderr.readableEnded)) {
      stdout.destroy();
      stderr.destroy();
      done();
      return;
    }
    const before = this.#stdout.seenBytes + this.#stderr.seenBytes;
    setImmediate(() => {
      const gotData = this.#stdout.seenBytes + this.#stderr.seenBytes > before;
      this.#drain(gotData ? 0 : turnsWithoutData + 1, done);
    });
  }

  #end(exit: Exit): void {
    this.#timer?.cancel();
    const droppedBytes = this.#stdout.droppedBytes + this.#stderr.droppedBytes;
    if (droppedBytes > 0) {
      emit('op.output-cut', { path: this.#command.path, droppedBytes });
    }
    this.#onExit(exit, this.#output());
  }

  #output(): Output {
    const { keepsNuls = false } = this.#command;
    const textOf = (output: BoundedOutput): string => (keepsNuls ? output.rawText() : output.text());
    return { stdout: textOf(this.#stdout), stderr: textOf(this.#stderr) };
  }
}

function spawn(command: Command) {
  return execa(command.path, command.args, {
    env: command.env,
    extendEnv: false,
    // libuv drops the supplementary groups with it.
    ...command.user,
    // A group of its own, so that a timeout reaches everything that the agent started [protocol 5.12].
    detached: true,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    // Agents outlive a daemon that ends [protocol 3.10].
    cleanup: false,
  });
}

/** Node refuses some arguments with a word of its own before the kernel can. */
function errnoOf(code: string | undefined): string {
  return code === undefined ? 'EIO' : code.startsWith('ERR_') ? 'EINVAL' : code;
}

function collect(stream: Readable, into: BoundedOutput): void {
  stream.on('data', (chunk: Buffer) => into.write(chunk));
  // A pipe that breaks ends like one that closes; the exit of the process says what counts.
  stream.on('error', () => undefined);
}
