import type { Action, ActionRunner, RunningAction } from './action.ts';
import type { InheritedActions } from './inherited.ts';
import { type ActionResult, OCF, plainResult, STATUS } from './result.ts';

const NOTHING_RUNS: RunningAction = { kill: () => undefined };

/** Classes that older clusters may still name [protocol 5.12]. */
const DROPPED: ReadonlyMap<string, string> = new Map([
  ['upstart', 'class upstart was dropped in Pacemaker 3.0; use systemd or lsb'],
  ['nagios', 'class nagios was dropped in Pacemaker 3.0; use an ocf agent that calls the plugin'],
  ['heartbeat', 'class heartbeat is not known to Pacemaker any more; use ocf or lsb'],
]);

/**
 * Runs an action by its resource's class, in any case. Classes that are not there are answered as the C daemon
 * answers an unknown one: not installed [protocol 5.12].
 */
export class StandardsRunner implements ActionRunner {
  readonly #byClass: ReadonlyMap<string, ActionRunner>;
  readonly #inherited: InheritedActions | undefined;

  constructor(byClass: Readonly<Record<string, ActionRunner>>, inherited?: InheritedActions) {
    this.#byClass = new Map(Object.entries(byClass));
    this.#inherited = inherited;
  }

  waitForInherited(rscId: string, onFree: () => void): boolean {
    return this.#inherited?.wait(rscId, onFree) ?? false;
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
      const reason = `${type}: ${DROPPED.get(standard.toLowerCase()) ?? 'No such file or directory'}`;
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
