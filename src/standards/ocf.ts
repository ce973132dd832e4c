import { stat } from 'node:fs';
import { join } from 'node:path';
import type { Exit, Runner, RunningCommand } from '../process/runner.ts';
import type { Action, ActionRunner, RunningAction } from './action.ts';
import { ocfEnvironment } from './ocf-environment.ts';
import { lookupFailure, ocfProcessResult, reportedOutput } from './process-result.ts';
import { type ActionResult, OCF, plainResult, STATUS } from './result.ts';

const NO_OUTPUT = { stdout: '', stderr: '' };

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
    const { provider = '', type } = action.rsc;
    if (!isPlainName(provider) || !isPlainName(type)) {
      queueMicrotask(() => onEnd(lookupFailure(type, 'ENOENT')));
      return { kill: () => undefined };
    }
    const path = join(this.#options.root, 'resource.d', provider, type);
    const command = {
      path,
      args: [action.name],
      env: { ...this.#options.baseEnv, ...ocfEnvironment(action, this.#options.root) },
      timeoutMs: action.timeoutMs,
      // [protocol 5.8]: with on-fail=block the agent's children stay to be looked at.
      killScope: action.parameters.get('CRM_meta_on_fail') === 'block' ? 'process' : 'group',
    } as const;
    this.#runner().then((runner) => {
      if (killed) {
        onEnd(plainResult(OCF.error, STATUS.cancelled));
        return;
      }
      running = runner.run(command, (exit, output) => {
        if (exit.kind === 'not-started') {
          explain(action, path, exit, onEnd);
        } else {
          onEnd(ocfProcessResult(exit, output, action.timeoutMs));
        }
      });
    });
    return {
      kill: () => {
        killed = true;
        return running === undefined ? undefined : reportedOutput(running.kill());
      },
    };
  }
}

/** A path in a name would reach programs that are not agents; names with a dot in front are hidden [OCF-1.1]. */
const isPlainName = (name: string): boolean => name !== '' && !name.includes('/') && !name.startsWith('.');

/**
 * An agent that could not be executed: is it missing, or is something wrong with it? Looked up only now, so that an
 * agent that runs costs no look at its file.
 */
function explain(
  action: Action,
  path: string,
  exit: Extract<Exit, { kind: 'not-started' }>,
  onEnd: (result: ActionResult) => void,
): void {
  const { type } = action.rsc;
  stat(path, (error, found) => {
    if (error !== null) {
      onEnd(lookupFailure(type, error.code ?? 'EIO'));
    } else if (found.isDirectory()) {
      onEnd(lookupFailure(type, 'EISDIR'));
    } else {
      onEnd(ocfProcessResult(exit, NO_OUTPUT, action.timeoutMs));
    }
  });
}
