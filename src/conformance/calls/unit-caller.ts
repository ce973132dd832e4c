import type { Action, ActionRunner } from '../../standards/action.ts';
import { type ActionResult, STATUS } from '../../standards/result.ts';
import type { Call, CallEnd, Caller } from '../caller.ts';
import type { RunEnd } from '../run.ts';
import type { Subject } from '../subject.ts';

/** Has systemd do what a cluster would have it do, by the same code as our daemon: its drop-in, its job, its word for the end. */
export class UnitCaller implements Caller {
  readonly #runner: ActionRunner;
  readonly #subject: Subject;

  constructor(runner: ActionRunner, subject: Subject) {
    this.#runner = runner;
    this.#subject = subject;
  }

  call(call: Call, signal: AbortSignal): Promise<CallEnd> {
    const { promise, resolve } = Promise.withResolvers<CallEnd>();
    const { action: name, instance, intervalMs, timeoutMs, options } = call;
    const rsc = { id: instance.name, class: 'systemd', type: this.#subject.type };
    const action: Action = { rsc, name, intervalMs, timeoutMs, parameters: new Map() };
    const startedMs = performance.now();
    let isKilled = false;
    const running = this.#runner.run(action, (result) => {
      clearTimeout(early);
      signal.removeEventListener('abort', kill);
      const ms = Math.round(performance.now() - startedMs);
      const { exitReason, output = '' } = result;
      resolve({
        end: isKilled ? { kind: 'killed' } : endOf(result, timeoutMs),
        ...(exitReason === undefined ? {} : { exitReason }),
        ...{ stdout: '', stderr: output, ms, heldMs: 0 },
      });
    });
    const kill = (): void => {
      isKilled = true;
      running.kill();
    };
    const early = options.killAfterMs === undefined ? undefined : setTimeout(kill, options.killAfterMs);
    signal.addEventListener('abort', kill, { once: true });
    if (signal.aborted) {
      kill();
    }
    return promise;
  }
}

function endOf({ rc, status }: ActionResult, limitMs: number): RunEnd {
  return status === STATUS.timedOut ? { kind: 'timed-out', limitMs } : { kind: 'exited', code: rc };
}
