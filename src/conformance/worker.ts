// The program inside a place: carries out one check and tells how it goes. Its task comes on descriptor 4, events go to 3.
import { createReadStream, createWriteStream } from 'node:fs';
import { systemClock } from '../observe/clock.ts';
import { callerFor } from './calls/caller-for.ts';
import { checkOf } from './catalog.ts';
import { cleanUp } from './in-place/clean-up.ts';
import { perform } from './perform.ts';
import { makePlace } from './place/make-place.ts';
import type { CheckResult } from './result.ts';
import { watchProcessCount } from './sandbox/process-limit.ts';
import type { WorkerEvent, WorkerTask } from './worker-task.ts';

/** As the sandbox's `DESCRIPTORS` and `runWorker` have them. */
const EVENTS = 3;
const TASK = 4;

async function main(): Promise<void> {
  const events = createWriteStream('', { fd: EVENTS });
  // Who listened has died: what is left to do is to clean up.
  events.on('error', () => undefined);
  const tell = (event: WorkerEvent): void => void events.write(`${JSON.stringify(event)}\n`);
  const giveUp = (reason: string): void =>
    void events.write(`${JSON.stringify({ type: 'given-up', reason } satisfies WorkerEvent)}\n`, () =>
      process.exit(1),
    );
  const task = await readTask();
  if (task.place.kind === 'sandbox') {
    watchProcessCount((count) => giveUp(`There were ${count} processes at a time`));
  }
  const result = await work(task, tell);
  tell({ type: 'result', result });
  await new Promise((resolve) => events.end(resolve));
  // What runs here still must not keep this program: its end is that of the sandbox.
  process.exit(0);
}

async function work(
  { job, place: description }: WorkerTask,
  tell: (event: WorkerEvent) => void,
): Promise<CheckResult> {
  const { subject, settings, limitMs } = job;
  const check = await checkOf(subject, job.check);
  const base = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const place = await makePlace(description, settings, base);
  const caller = await callerFor(subject, place);
  const timeUp = new AbortController();
  const limit = setTimeout(() => timeUp.abort(new Error('The time of the check is over')), limitMs);
  if (description.kind === 'in-place') {
    onEndWish(() => timeUp.abort(new Error('The run is over')));
  }
  const parts = {
    ...{ subject, settings, place, caller, clock: systemClock },
    onRun: (run: CheckResult['runs'][number]) => tell({ type: 'action', run }),
  };
  const result = await perform(check, parts, timeUp.signal);
  clearTimeout(limit);
  const cleaned =
    description.kind === 'in-place' && !settings.keep ? await cleanUp(subject, place, caller) : [];
  return { ...result, notes: [...result.notes, ...cleaned] };
}

/** Whoever started this program wants its end, or has died: then it cleans up all the same. */
function onEndWish(end: () => void): void {
  process.on('SIGTERM', end);
  process.stdin.on('end', end).on('error', end).resume();
}

async function readTask(): Promise<WorkerTask> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream('', { fd: TASK })) {
    chunks.push(chunk as Buffer);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as WorkerTask;
}

void main();
