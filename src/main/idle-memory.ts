import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from '../observe/clock.ts';
import { channelOf, type EventName } from '../observe/events.ts';

/** How often it is looked whether there is something to give back, in ms. */
const PERIOD_MS = 30_000;

/** Starting leaves the most behind: it is looked once soon after it, in ms. */
const FIRST_MS = 1000;

/** What leaves garbage behind. */
const ACTIVITIES: readonly EventName[] = [
  'op.finished',
  'op.recurred',
  'session.ended',
  'session.registered',
];

/**
 * Gives memory back to the system once after activity: V8 does so only under pressure, and a daemon that idles in a
 * container has none. The collection takes some milliseconds, at most twice a minute, and none when nothing happened.
 */
export function releaseMemoryWhenIdle(clock: Clock): void {
  let activity = 1;
  let before = 0;
  for (const name of ACTIVITIES) {
    channelOf(name).subscribe(() => {
      activity += 1;
    });
  }
  const look = (): void => {
    if (activity !== before) {
      before = activity;
      collectGarbage();
    }
    clock.setTimer(PERIOD_MS, look);
  };
  clock.setTimer(FIRST_MS, look);
}

type Collect = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void;

let collect: Collect | undefined;

function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as Collect;
  }
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
