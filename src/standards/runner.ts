import type { Action, ActionRunner, RunningAction } from './action.ts';
import { type ActionResult, OCF, plainResult, STATUS } from './result.ts';

const NOTHING_RUNS: RunningAction = { kill: () => undefined };

/**
 * Runs an action by its resource's class. Classes that are not there are answered as the C daemon answers an
 * unknown one: not installed [protocol 5.12].
 */
export class StandardsRunner implements ActionRunner {
  readonly #byClass: ReadonlyMap<string, ActionRunner>;

  constructor(byClass: Readonly<Record<string, ActionRunner>>) {
    this.#byClass = new Map(Object.entries(byClass));
  }

  run(action: Action, onEnd: (result: ActionResult) => void): RunningAction {
    const { class: standard, provider, type } = action.rsc;
    const lacksProvider = standard.toLowerCase() === 'ocf' && (provider ?? '') === '';
    if (standard === '' || type === '' || action.name === '' || lacksProvider) {
      const missing = 'Required agent or action information missing';
      return later(() => onEnd(plainResult(OCF.error, STATUS.fatalError, missing)));
    }
    const runner = this.#byClass.get(standard.toLowerCase());
    if (runner === undefined) {
      const reason = `${type}: No such file or directory`;
      return later(() => onEnd(plainResult(OCF.notInstalled, STATUS.notInstalled, reason)));
    }
    return runner.run(action, onEnd);
  }
}

/** A result is never there before the caller holds the action. */
function later(report: () => void): RunningAction {
  queueMicrotask(report);
  return NOTHING_RUNS;
}
