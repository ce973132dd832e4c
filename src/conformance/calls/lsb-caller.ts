import type { Call, CallEnd, Caller } from '../caller.ts';
import type { Subject } from '../subject.ts';
import { inherited } from './environment.ts';
import { spawnCall } from './spawn-call.ts';

/** Calls an init script as a program of this place: with the action for an argument, and without parameters [LSB 5.0, 22.2]. */
export class LsbCaller implements Caller {
  readonly #subject: Subject;
  readonly #base: Readonly<Record<string, string>>;

  /** `base` is what scripts inherit: PATH and little else. */
  constructor(subject: Subject, base: Readonly<Record<string, string>>) {
    this.#subject = subject;
    this.#base = base;
  }

  call(call: Call, signal: AbortSignal): Promise<CallEnd> {
    const { action, options } = call;
    const program = {
      path: this.#subject.path,
      // No action at all is called, too.
      arguments: action === '' ? [] : [action],
      env: inherited(this.#base, options),
    };
    return spawnCall(program, call, signal);
  }
}
