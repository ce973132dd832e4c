import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Runner, RunningCommand } from '../process/runner.ts';
import type { Action, ActionRunner, RunningAction } from './action.ts';
import { ocfEnvironment } from './ocf-environment.ts';
import { lookupFailure, ocfProcessResult, reportedOutput } from './process-result.ts';
import { type ActionResult, OCF, plainResult, STATUS } from './result.ts';

export interface OcfOptions {
  /** Where OCF lives; agents lie in `resource.d/PROVIDER/TYPE` below it. Default of the product: `/usr/lib/ocf`. */
  readonly root: string;
  /** The daemon's environment, without what belongs to our runtime. */
  readonly baseEnv: Readonly<Record<string, string>>;
}

/** Runs agents of class ocf [OCF-1.1, protocol 5.12]. */
export class OcfRunner implements ActionRunner {
  readonly #runner: () => Promise<Runner>;
  readonly #options: OcfOptions;

  /** `runner` is asked for at each run, so that it may be loaded with the first one. */
  constructor(runner: () => Promise<Runner>, options: OcfOptions) {
    this.#runner = runner;
    this.#options = options;
  }

  run(action: Action, onEnd: (result: ActionResult) => void): RunningAction {
    let running: RunningCommand | undefined;
    let killed = false;
    const { provider, type } = action.rsc;
    const path = agentPath(this.#options.root, provider ?? '', type);
    const launch = (runner: Runner): void => {
      if (killed) {
        onEnd(plainResult(OCF.error, STATUS.cancelled));
        return;
      }
      const command = {
        path,
        args: [action.name],
        env: { ...this.#options.baseEnv, ...ocfEnvironment(action, this.#options.root) },
        timeoutMs: action.timeoutMs,
        // [protocol 5.8]: with on-fail=block the agent's children stay to be looked at.
        killScope: action.parameters.get('CRM_meta_on_fail') === 'block' ? 'process' : 'group',
      } as const;
      running = runner.run(command, (exit, output) => {
        onEnd(ocfProcessResult(exit, output, action.timeoutMs));
      });
    };
    Promise.all([stat(path), this.#runner()]).then(
      ([found, runner]) => (found.isDirectory() ? onEnd(lookupFailure(type, 'EISDIR')) : launch(runner)),
      (error: NodeJS.ErrnoException) => onEnd(lookupFailure(type, error.code ?? 'EIO')),
    );
    return {
      kill: () => {
        killed = true;
        return running === undefined ? undefined : reportedOutput(running.kill());
      },
    };
  }
}

/** A provider or type is one plain name: a path in it would reach programs that are not agents. */
function agentPath(root: string, provider: string, type: string): string {
  const isPlain = (name: string): boolean => name !== '' && !name.includes('/') && !name.startsWith('.');
  return isPlain(provider) && isPlain(type)
    ? join(root, 'resource.d', provider, type)
    : join(root, 'no-such-agent');
}
