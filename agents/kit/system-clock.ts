import type { Clock } from './host.ts';
import { LONGEST_TIMER_MS } from './time-limit.ts';

/** The machine's clock, for agents in a process of their own, whose start is 0. Sleeps are cut at 24 days, the longest that Node knows. */
export const systemClock: Clock = {
  // The same clock as `performance`, for which Node would load a room of its own.
  nowMs: () => process.uptime() * 1000,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(
        () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
        Math.min(ms, LONGEST_TIMER_MS),
      );
      if (signal.aborted) {
        onAbort();
      } else {
        signal.addEventListener('abort', onAbort, { once: true });
      }
    }),
};
