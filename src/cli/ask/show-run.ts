import type { ResourceStatus, Run } from '../../control/model.ts';
import { RC_WORDS } from '../../standards/result.ts';
import type { Paint } from '../show/colours.ts';
import { oneLine, table } from '../show/table.ts';
import { clockTime, interval, span } from '../show/time.ts';

export const rcText = (rc: number): string => `${rc} (${RC_WORDS[rc] ?? 'unknown'})`;

/** `ocf:heartbeat:apache`. */
export const agentName = ({
  class: standard,
  provider,
  type,
}: Pick<ResourceStatus, 'class' | 'provider' | 'type'>): string =>
  [standard, provider, type].filter((part) => part !== undefined && part !== '').join(':');

/** `start`, `monitor every 10s`. */
export const titleOf = ({ action, intervalMs }: Pick<Run, 'action' | 'intervalMs'>): string =>
  intervalMs === 0 ? action : `${action} every ${interval(intervalMs)}`;

/** The table of runs. */
export function runsText(runs: readonly Run[], paint: Paint): string {
  if (runs.length === 0) {
    return 'Nothing has run yet.\n';
  }
  return table(
    ['time', 'resource', 'action', 'call', 'took', 'result', 'reason'],
    runs.map((run) => [
      `${new Date(run.startedAtMs).toISOString().slice(0, 10)} ${clockTime(run.startedAtMs)}`,
      run.resource,
      titleOf(run),
      String(run.callId),
      span(run.execMs),
      run.isFailure ? paint('red', resultText(run)) : resultText(run),
      oneLine(run.exitReason ?? ''),
    ]),
  );
}

/** Result, and how often in a row. */
export function resultText({ rc, status, repeats }: Run): string {
  const word = status === 'complete' ? rcText(rc) : `${status}, ${rcText(rc)}`;
  return repeats > 1 ? `${word} ×${repeats}` : word;
}
