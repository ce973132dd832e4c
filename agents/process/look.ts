import {
  AgentFailure,
  isRunning,
  isStill,
  OCF,
  type ProcessFacts,
  readPidFile,
  readProcess,
} from '../kit/index.ts';
import { findMarked, isBelow, membersOf, NOBODY } from './members.ts';
import type { Context } from './parameters.ts';
import { type Run, readRun, signalName } from './run.ts';

/** How it is with the application. */
export type Look =
  /** Nothing of it runs; the reason, where it was not stopped. */
  | { readonly kind: 'stopped'; readonly run?: Run; readonly reason?: string }
  /** The command runs, and the application is not there yet. */
  | { readonly kind: 'starting'; readonly run: Run; readonly reason: string }
  /** The main process is unknown with the type forking and no PID file. */
  | { readonly kind: 'running'; readonly run: Run; readonly main?: ProcessFacts }
  /** Something of it runs, but not as it should. */
  | { readonly kind: 'broken'; readonly run: Run; readonly reason: string };

/** How long the shim may take to write down an end, and to end itself. */
const SHIM_LIMIT_MS = 1000;
const LONGEST_WORDS = 300;

/** Looks at the application: a few small files where all is well. */
export async function look(context: Context): Promise<Look> {
  const run = await findRun(context);
  if (run === undefined) {
    return { kind: 'stopped' };
  }
  if (!(await isStill(run.shim))) {
    return lookWithoutShim(context, run);
  }
  const main = await readProcess(run.application.pid);
  const isThere = isRunning(main) && main.startTicks === run.application.startTicks;
  if (context.params.type === 'foreground') {
    return isThere ? judge(run, main) : lookAtEnd(context, run);
  }
  if (context.params.type === 'forking' && isThere) {
    return { kind: 'starting', run, reason: 'the command to end, got it running still' };
  }
  if (!isThere && run.end === undefined) {
    return lookAtEnd(context, run);
  }
  if (context.params.type === 'forking' && run.end?.code !== 0) {
    return { kind: 'broken', run, reason: `the command to end with status 0, got ${describeEnd(run)}` };
  }
  return context.params.pidfile === undefined
    ? { kind: 'running', run }
    : lookAtPidFile(context.params.pidfile, run);
}

/** The last run: as its shim wrote it, or, where somebody took that away, as its processes tell. */
export async function findRun(context: Context): Promise<Run | undefined> {
  const directory = await context.stateDirectory();
  const endsAtMs = context.clock.nowMs() + SHIM_LIMIT_MS;
  for (;;) {
    const run = (await readRun(directory)) ?? (await findMarked(context.instance));
    // Another start may be on its way: its shim writes the state as soon as the command runs.
    if (run?.shim !== NOBODY || context.clock.nowMs() >= endsAtMs) {
      return run;
    }
    await context.clock.sleep(20, context.signal);
  }
}

/** A process that stands still serves nobody. */
function judge(run: Run, main: ProcessFacts): Look {
  return main.state === 'T'
    ? { kind: 'broken', run, reason: `process ${main.pid} to run, got it stopped by a signal such as STOP` }
    : { kind: 'running', run, main };
}

/** The shim is there and the command's process is not: wait until it is written down how that ended. */
async function lookAtEnd(context: Context, { run: name }: Run): Promise<Look> {
  const directory = await context.stateDirectory();
  const found = async (): Promise<Run | undefined> => {
    const run = await readRun(directory);
    return run?.run === name && run.end !== undefined ? run : undefined;
  };
  const run = await context.waitFor(
    'Expected pcmk-shim to tell how the application ended',
    found,
    SHIM_LIMIT_MS,
  );
  if (context.params.type !== 'foreground' && run.end?.code === 0) {
    return look(context);
  }
  const endsAtMs = context.clock.nowMs() + SHIM_LIMIT_MS;
  const others = await membersOf(run);
  while (others.length === 0 && (await isStill(run.shim)) && context.clock.nowMs() < endsAtMs) {
    await context.clock.sleep(5, context.signal);
  }
  return others.length === 0
    ? { kind: 'stopped', run, reason: describeEnd(run) }
    : {
        kind: 'broken',
        run,
        reason: `the application to run, got ${others.length} processes that its main one left behind, and of that ${describeEnd(run)}`,
      };
}

/** Everything has ended, the container began anew, or somebody killed the shim. */
async function lookWithoutShim(context: Context, early: Run): Promise<Look> {
  // It may have ended since, and told.
  const run = (await readRun(await context.stateDirectory())) ?? early;
  if (run.isOver) {
    return { kind: 'stopped', run, reason: describeEnd(run) };
  }
  const left = await membersOf(run);
  return left.length === 0
    ? { kind: 'stopped', run, reason: 'nothing of it, and no word of how it ended' }
    : {
        kind: 'broken',
        run,
        reason:
          run.shim === NOBODY
            ? `state.json in ${await context.stateDirectory()} beside the application, got none; ${left.length} processes of it run`
            : `pcmk-shim (process ${run.shim.pid}) to run beside the application, got it killed; ${left.length} processes are left`,
      };
}

async function lookAtPidFile(path: string, run: Run): Promise<Look> {
  const file = await readPidFile(path);
  if (file.kind !== 'pid') {
    const got =
      file.kind === 'unreadable'
        ? file.errno
        : file.kind === 'garbage'
          ? JSON.stringify(file.text)
          : file.kind;
    return { kind: 'starting', run, reason: `a process number in ${path}, got ${got}` };
  }
  const main = await readProcess(file.pid);
  if (isRunning(main) && (await isBelow(main, run.shim.pid))) {
    return judge(run, main);
  }
  const got = isRunning(main) ? `${main.comm}, which is none of this resource` : 'none that runs';
  return {
    kind: 'starting',
    run,
    reason: `${path} to name a process of the application, got ${file.pid}: ${got}`,
  };
}

/** Such as `an end with status 3 after 12 s; it wrote: cannot open /data`. */
export function describeEnd({ end, lastEnd, lines = [] }: Run): string {
  const { code, signal, afterMs } = (end?.code === 0 ? lastEnd : end) ?? {};
  if (afterMs === undefined) {
    return 'an end';
  }
  const how = signal === undefined ? `status ${code}` : signalName(signal);
  const after = afterMs < 10_000 ? `${afterMs} ms` : `${Math.round(afterMs / 1000)} s`;
  const words = lines
    .filter((line) => line.trim() !== '')
    .slice(-3)
    .join('; ')
    .slice(-LONGEST_WORDS);
  return `an end with ${how} after ${after}${words === '' ? '' : `; it wrote: ${words}`}`;
}

/**
 * The main process of an application that runs; undefined if it has none that is known.
 * @throws AgentFailure ERR_GENERIC where it does not run
 */
export async function running(context: Context): Promise<ProcessFacts | undefined> {
  const found = await look(context);
  if (found.kind === 'running') {
    return found.main;
  }
  throw new AgentFailure(
    OCF.ERR_GENERIC,
    `Expected ${found.reason ?? 'the application to run, got it stopped'}`,
  );
}
