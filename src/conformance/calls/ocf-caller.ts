import type { Call, CallEnd, Caller } from '../caller.ts';
import type { Subject } from '../subject.ts';
import { agentEnvironment } from './environment.ts';
import { spawnCall } from './spawn-call.ts';

/** Calls an OCF agent as a program of this place. */
export class OcfCaller implements Caller {
  readonly #subject: Subject;
  readonly #base: Readonly<Record<string, string>>;
  readonly #ocfRoot: string;

  /** `base` is what agents inherit: PATH and little else. */
  constructor(subject: Subject, base: Readonly<Record<string, string>>, ocfRoot: string) {
    this.#subject = subject;
    this.#base = base;
    this.#ocfRoot = ocfRoot;
  }

  call(call: Call, signal: AbortSignal): Promise<CallEnd> {
    const env = agentEnvironment(this.#subject, call, this.#base, this.#ocfRoot);
    const { path } = this.#subject;
    const { interpreter } = call.options;
    const words = interpreter === undefined ? [path, call.action] : [interpreter, path, call.action];
    const [program = path, ...rest] = words;
    return spawnCall({ path: program, arguments: rest, env }, call, signal);
  }
}
