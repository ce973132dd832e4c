import { stat } from 'node:fs';
import { resolve } from 'node:path';
import type { Action, ActionRunner, RunningAction } from './action.ts';
import { type ActionResult, OCF, plainResult, STATUS } from './result.ts';

export interface ServiceOptions {
  readonly lsb: ActionRunner;
  readonly systemd: ActionRunner & { exists(agent: string): Promise<boolean> };
  /** Where init scripts lie. Default of the product: `/etc/init.d`. */
  readonly lsbDirectory: string;
}

/**
 * Runs resources of class service: by an init script if there is one, else by a unit if there is one. Looked up at each
 * run, because either may come and go; where there is neither, class lsb says that it's not installed [protocol 5.12].
 */
export class ServiceRunner implements ActionRunner {
  readonly #options: ServiceOptions;

  constructor(options: ServiceOptions) {
    this.#options = options;
  }

  run(action: Action, onEnd: (result: ActionResult) => void): RunningAction {
    let running: RunningAction | undefined;
    let isKilled = false;
    this.#resolve(action.rsc.type).then((runner) => {
      if (!isKilled) {
        running = runner.run(action, onEnd);
      }
    });
    return {
      kill: () => {
        if (running !== undefined) {
          return running.kill();
        }
        if (!isKilled) {
          isKilled = true;
          queueMicrotask(() => onEnd(plainResult(OCF.error, STATUS.cancelled)));
        }
        return undefined;
      },
    };
  }

  async #resolve(type: string): Promise<ActionRunner> {
    const { lsb, systemd, lsbDirectory } = this.#options;
    if (await isThere(resolve(lsbDirectory, type))) {
      return lsb;
    }
    return (await systemd.exists(type)) ? systemd : lsb;
  }
}

function isThere(path: string): Promise<boolean> {
  return new Promise((tell) => stat(path, (error) => tell(error === null)));
}
