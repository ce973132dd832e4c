import type { RunEnd } from '../../executor/report.ts';
import { OCF, STATUS } from '../../standards/result.ts';
import type { ResourceState } from '../model.ts';

/** Words for execution statuses, as Pacemaker's tools show them [pcmk results.c: pcmk_exec_status_str]. */
const STATUS_WORDS: Readonly<Record<number, string>> = {
  [STATUS.pending]: 'pending',
  [STATUS.done]: 'complete',
  [STATUS.cancelled]: 'cancelled',
  [STATUS.timedOut]: 'timed-out',
  [STATUS.notSupported]: 'not-supported',
  [STATUS.error]: 'error',
  [STATUS.hardError]: 'hard-error',
  [STATUS.fatalError]: 'fatal-error',
  [STATUS.notInstalled]: 'not-installed',
  [STATUS.notConnected]: 'not-connected',
  [STATUS.invalid]: 'invalid',
  [STATUS.noFenceDevice]: 'no-fence-device',
  [STATUS.noSecrets]: 'no-secrets',
};

export const statusWord = (status: number): string => STATUS_WORDS[status] ?? 'unknown';

const isUp = (state: ResourceState): boolean => ['starting', 'running', 'promoted'].includes(state);

/**
 * Whether a run is not what one wants. A one-shot monitor is a question, to which "not running" is an answer; a recurring
 * one of a resource that is to run asks whether it still does.
 */
export function isFailure({ request, result }: RunEnd, before: ResourceState): boolean {
  const { rc, status } = result;
  if (status === STATUS.pending) {
    return false;
  }
  if (status !== STATUS.done) {
    return true;
  }
  if (rc === OCF.ok || rc === OCF.degraded) {
    return false;
  }
  const isMonitor = request.action === 'monitor' || request.action === 'status';
  if (!isMonitor) {
    return true;
  }
  if (rc === OCF.promoted || rc === OCF.degradedPromoted) {
    return false;
  }
  return rc !== OCF.notRunning || (request.intervalMs > 0 && isUp(before));
}

/** What is known of the resource after a run. */
export function stateAfter(
  { request, result }: RunEnd,
  failed: boolean,
  before: ResourceState,
): ResourceState {
  if (result.status === STATUS.pending) {
    return before;
  }
  switch (request.action) {
    case 'start':
    case 'demote':
      return failed ? 'failed' : 'running';
    case 'stop':
      return failed ? 'failed' : 'stopped';
    case 'promote':
      return failed ? 'failed' : 'promoted';
    case 'monitor':
    case 'status':
      return failed ? 'failed' : (MONITOR_STATES.get(result.rc) ?? before);
    default:
      return before;
  }
}

const MONITOR_STATES: ReadonlyMap<number, ResourceState> = new Map([
  [OCF.ok, 'running'],
  [OCF.degraded, 'running'],
  [OCF.promoted, 'promoted'],
  [OCF.degradedPromoted, 'promoted'],
  [OCF.notRunning, 'stopped'],
]);

/** While an action runs. */
export const STATE_DURING: Readonly<Record<string, ResourceState>> = { start: 'starting', stop: 'stopping' };
