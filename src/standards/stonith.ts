import type { Action, ActionRunner, RunningAction } from './action.ts';
import { type ActionResult, OCF, plainResult, STATUS } from './result.ts';

/**
 * Class stonith: fence devices run where the fencer is, never on a remote node; but probes of them come, and must be
 * answered at once [protocol 5.15].
 */
export class StonithRunner implements ActionRunner {
  run(action: Action, onEnd: (result: ActionResult) => void): RunningAction {
    queueMicrotask(() => onEnd(stonithResult(action)));
    return { kill: () => undefined };
  }
}

function stonithResult({ name, intervalMs }: Action): ActionResult {
  switch (name.toLowerCase()) {
    case 'monitor':
      // A probe: no device was ever started here.
      return intervalMs === 0 ? plainResult(OCF.notRunning, STATUS.error) : NO_FENCER;
    case 'stop':
      // The C daemon fails here too, and the cluster then fences the node for a device that does not run on it.
      return plainResult(OCF.ok, STATUS.done);
    default:
      return NO_FENCER;
  }
}

const NO_FENCER = plainResult(OCF.error, STATUS.error, 'No connection to fencer');
