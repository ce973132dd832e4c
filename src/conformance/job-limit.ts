import { declaredTimeoutMs } from './declared.ts';
import type { RunSettings } from './job.ts';
import type { Subject } from './subject.ts';

/** No check gets less or more than this, in ms. */
const LIMITS_MS = { least: 60_000, most: 600_000 };
/** How often a check may have to wait for the end of an action's time. */
const TIMES = 4;

/** When a check is given up: what actions may take by the agent's own word, some times over. */
export function jobLimitMs(subject: Subject, { timeoutFactor }: RunSettings): number {
  const onceMs = ['start', 'monitor', 'stop']
    .map((action) => declaredTimeoutMs(subject, action) * timeoutFactor)
    .reduce((sum, timeoutMs) => sum + timeoutMs, 0);
  return Math.min(LIMITS_MS.most, Math.max(LIMITS_MS.least, onceMs * TIMES));
}
