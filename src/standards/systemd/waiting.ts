import { AgentError } from '../../errors/agent-error.ts';
import type { Clock } from '../../observe/clock.ts';

/** What a wait ends with when its caller gives up. */
export function aborted(): AgentError {
  return new AgentError('ABORTED', 'The wait was given up before what it waited for came');
}

/** The promise's outcome, or ABORTED as soon as the signal says so. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    // Nobody else looks at its failure.
    promise.catch(() => undefined);
    return Promise.reject(aborted());
  }
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(aborted());
    signal.addEventListener('abort', giveUp, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

/** Resolves so much later, or rejects with ABORTED. */
export function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = clock.setTimer(ms, resolve);
  return abortable(promise, signal).finally(() => timer.cancel());
}
