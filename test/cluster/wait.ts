import { setTimeout as sleep } from 'node:timers/promises';

export interface Wait {
  /** Completes "… within 20 s". */
  readonly what: string;
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly stepMs?: number;
}

/** Asks again and again until there is an answer, at most `seconds` long; the bed offers nothing to subscribe to. */
export async function until<T>(wait: Wait, ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const end = performance.now() + wait.seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) {
      return answer;
    }
    if (performance.now() >= end) {
      throw new Error(`Expected within ${wait.seconds} s: ${wait.what}`);
    }
    await sleep(wait.stepMs ?? 50, undefined, { signal: wait.signal });
  }
}

/** For durations that are the test itself, never to wait for something. */
export async function lasting(seconds: number, signal: AbortSignal): Promise<void> {
  await sleep(seconds * 1000, undefined, { signal });
}
