import { setTimeout as sleep } from 'node:timers/promises';
import { ContractFailure } from './failure.ts';

/** How long a state of files and processes may take to come about. */
const STATE_MS = 20_000;

/** Waits for a state of files or processes. */
export async function becomes(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + STATE_MS;
  while (!condition()) {
    if (performance.now() > deadline) {
      throw new ContractFailure(`Expected within ${STATE_MS} ms ${what}`);
    }
    await sleep(20);
  }
}

/** The value, or a failure when it takes too long. */
export async function withDeadline<T>(promise: Promise<T>, limitMs: number): Promise<T> {
  const late = Symbol('late');
  const done = new AbortController();
  const timer = sleep(limitMs, late, { signal: done.signal }).catch(() => late);
  const first = await Promise.race([promise, timer]).finally(() => done.abort());
  if (first === late) {
    promise.catch(() => undefined);
    throw new ContractFailure(`Expected an answer within ${limitMs} ms, none came`);
  }
  return first as T;
}
