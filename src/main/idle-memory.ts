import { releaseFreeMemory } from '../native/libc.ts';
import type { Clock } from '../observe/clock.ts';
import { channelOf, type EventName } from '../observe/events.ts';

/** After this long without activity memory is given back, in ms. */
const QUIET_MS = 3000;

/** Between two collections there is at least this much time, in ms: each takes some milliseconds. */
const SPACING_MS = 10_000;

/** Where it is never quiet memory is given back all the same, so long after the activity began, in ms. */
const PATIENCE_MS = 60_000;

/** What leaves garbage behind; starting does, too. */
const ACTIVITIES: readonly EventName[] = [
  'daemon.listening',
  'session.registered',
  'session.ended',
  'op.finished',
  'op.recurred',
  'alert.finished',
  'alert.failed',
  'proxy.closed',
  'tools.called',
];

/**
 * Gives memory back to the system after activity: V8 does so only under pressure, and a daemon that idles in a
 * container has none. Nothing happens, and no timer waits, while nothing happened.
 */
export function releaseMemoryWhenIdle(clock: Clock): void {
  let lastActivityMs = 0;
  let firstActivityMs: number | undefined;
  let lastCollectionMs = Number.NEGATIVE_INFINITY;
  const look = (): void => {
    const nowMs = clock.nowMs();
    const quietAtMs = Math.min(lastActivityMs + QUIET_MS, (firstActivityMs ?? nowMs) + PATIENCE_MS);
    const dueMs = Math.max(quietAtMs, lastCollectionMs + SPACING_MS);
    if (nowMs < dueMs) {
      clock.setTimer(dueMs - nowMs, look);
      return;
    }
    firstActivityMs = undefined;
    lastCollectionMs = nowMs;
    collectGarbage();
    releaseFreeMemory();
  };
  const noteActivity = (): void => {
    lastActivityMs = clock.nowMs();
    if (firstActivityMs === undefined) {
      firstActivityMs = lastActivityMs;
      clock.setTimer(QUIET_MS, look);
    }
  };
  for (const name of ACTIVITIES) {
    channelOf(name).subscribe(noteActivity);
  }
}

/** Only with `--expose-gc`, which `pcmk-init` gives; else V8 does it in its own time. */
function collectGarbage(): void {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
