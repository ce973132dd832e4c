import { OCF, STATUS } from '../standards/result.ts';
import type { OnFail, SoloDefinition, SoloOperation } from './definition.ts';
import type { Event } from './solo.states.ts';

/** A result as a controller hears of it. */
export interface OperationResult {
  readonly rc: number;
  readonly status: number;
}

/** More than any threshold: what a cluster writes as INFINITY. */
export const INFINITE = 1_000_000;

/** Results that no second try on the same machine makes better [pcmk pe_actions: hard and fatal errors]. */
const HARD: ReadonlySet<number> = new Set([
  OCF.invalidParameter,
  OCF.unimplemented,
  OCF.insufficientPrivileges,
  OCF.notInstalled,
  OCF.notConfigured,
]);

/** What a result means for an operation: as it is to be, or not. A probe that finds nothing is no failure either. */
export function verdict(
  { name, intervalMs }: Pick<SoloOperation, 'name' | 'intervalMs'>,
  { rc, status }: OperationResult,
): 'up' | 'down' | 'failed' {
  if (status !== STATUS.done) {
    return 'failed';
  }
  const isUp = rc === OCF.ok || rc === OCF.degraded || rc === OCF.promoted || rc === OCF.degradedPromoted;
  if (name === 'stop') {
    return rc === OCF.ok ? 'down' : 'failed';
  }
  if (name === 'monitor' && intervalMs === 0 && rc === OCF.notRunning) {
    return 'down';
  }
  return isUp ? 'up' : 'failed';
}

/** What a failure counts against migration-threshold. */
export function countOf(
  definition: SoloDefinition,
  operation: Pick<SoloOperation, 'name'>,
  { rc, status }: OperationResult,
): number {
  const isHard =
    (status === STATUS.done && HARD.has(rc)) ||
    status === STATUS.notInstalled ||
    status === STATUS.fatalError ||
    status === STATUS.hardError;
  return isHard || (operation.name === 'start' && definition.startFailureIsFatal) ? INFINITE : 1;
}

/** What Pacemaker does where nobody says it: in a bundle a stop that fails restarts the container [pcmk on-fail defaults]. */
const defaultOnFail = (name: string): OnFail => (name === 'stop' ? 'restart-container' : 'restart');

/** What is to be done about a failure; undefined: nothing at all. */
export function reactionTo(
  definition: SoloDefinition,
  operation: SoloOperation,
  failCount: number,
): Extract<Event, 'restart' | 'halt' | 'block' | 'give-up'> | undefined {
  const { migrationThreshold } = definition;
  const onFail = operation.onFail ?? defaultOnFail(operation.name);
  switch (onFail) {
    case 'ignore':
      return undefined;
    case 'block':
      return 'block';
    case 'stop':
      return 'halt';
    case 'standby':
    case 'fence':
    case 'restart-container':
      return 'give-up';
    case 'demote':
    case 'restart': {
      const limit = migrationThreshold === 0 ? INFINITE : migrationThreshold;
      return failCount >= limit ? 'give-up' : 'restart';
    }
  }
}
