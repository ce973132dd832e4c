import type { Clock } from '../../observe/clock.ts';
import { emit } from '../../observe/events.ts';
import { busUnavailable } from './failures.ts';
import type { JobVerb, SystemdManager } from './manager.ts';
import { abortable, pause } from './waiting.ts';

/** How often a job is looked after, in ms: the signal of its end may be lost when systemd executes itself anew. */
const LOOK_MS = 5000;

/** A job is gone and nobody told how it ended. */
export const LOST = 'lost';

export interface JobTools {
  readonly manager: SystemdManager;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Has systemd do something with a unit and waits for its end; gives systemd's word for it, or `LOST`. */
export async function runJob(verb: JobVerb, unit: string, tools: JobTools): Promise<string> {
  const { manager, signal } = tools;
  const results = new Map<string, string>();
  const over = Promise.withResolvers<string>();
  // A bus that goes before the reply is told by the call itself.
  over.promise.catch(() => undefined);
  let job: string | undefined;
  // Before the call: the signal may precede its reply [protocol 5.13].
  const ignoreJobs = manager.onJobRemoved((path, result) => {
    results.set(path, result);
    if (path === job) {
      over.resolve(result);
    }
  });
  const ignoreEnd = manager.onClosed(() => over.reject(busUnavailable('The bus went while a job ran')));
  const watch = new AbortController();
  try {
    job = await manager.queueJob(verb, unit, signal);
    const early = results.get(job);
    if (early !== undefined) {
      return early;
    }
    lookAfter(job, { ...tools, signal: watch.signal }, () => over.resolve(LOST));
    const result = await abortable(over.promise, signal);
    if (result === LOST) {
      emit('systemd.job-lost', { unit, op: verb, job });
    }
    return result;
  } finally {
    ignoreJobs();
    ignoreEnd();
    watch.abort();
  }
}

/** Looks from time to time whether a job is still there, until the signal ends it. */
async function lookAfter(job: string, tools: JobTools, onLost: () => void): Promise<void> {
  const { manager, clock, signal } = tools;
  try {
    do {
      await pause(LOOK_MS, clock, signal);
    } while (await manager.jobExists(job, signal).catch(() => true));
    onLost();
  } catch {
    // The job ended, or the wait for it.
  }
}
