import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AgentFailure,
  isRunning,
  isStill,
  OCF,
  type ProcessId,
  readPidFile,
  readProcess,
  terminate,
} from '../kit/index.ts';
import { runCommand } from './checks.ts';
import { findRun, look } from './look.ts';
import { membersOf } from './members.ts';
import type { Context } from './parameters.ts';
import { type Run, STATE_FILES } from './run.ts';

/** Of the action's time, what an application may take to end by itself; the rest is for those that don't. */
const GRACE_SHARE = 0.7;
/** What is left after the main process gets TERM, and so long. */
const REST_MS = 2000;
/** KILL is only late where the kernel waits for a disk. */
const KILL_MS = 10_000;
const SHIM_LIMIT_MS = 2000;

/** Ends the application and all that descends from it. Nothing to end is a success, too. */
export async function stop(context: Context): Promise<void> {
  const directory = await context.stateDirectory();
  const run = await findRun(context);
  if (run !== undefined) {
    await askToEnd(context);
    await endAll(context, run);
  }
  for (const file of STATE_FILES) {
    await rm(join(directory, file), { force: true });
  }
  await removePidFile(context);
}

/** The orderly way, for as long as `stop_grace`. */
async function askToEnd(context: Context): Promise<void> {
  const found = await look(context);
  if (found.kind === 'stopped') {
    return;
  }
  const { params, clock } = context;
  const graceMs = Math.min(params.stop_grace, context.leftMs() * GRACE_SHARE);
  const endsAtMs = clock.nowMs() + graceMs;
  const main = found.kind === 'running' ? found.main : undefined;
  const find = main === undefined ? () => membersOf(found.run) : () => still(main);
  if (params.stop_command !== undefined && found.kind === 'running') {
    const fault = await runCommand(context, 'stop_command', {
      timeoutMs: Math.max(1, graceMs),
      mainPid: main?.pid,
    }).catch((error: unknown) => {
      context.signal.throwIfAborted();
      return error instanceof Error ? error.message : String(error);
    });
    if (fault === undefined) {
      await waitForEnd(context, find, endsAtMs);
    } else {
      context.log.warn(`Expected ${fault}; going on with ${params.stop_signal}`);
    }
  }
  const waitMs = Math.max(0, endsAtMs - clock.nowMs());
  await terminate(context, { find, steps: [{ signal: params.stop_signal, waitMs }] });
}

async function waitForEnd(
  { clock, signal }: Context,
  find: () => Promise<readonly ProcessId[]>,
  endsAtMs: number,
): Promise<void> {
  while (clock.nowMs() < endsAtMs && (await find()).length > 0) {
    await clock.sleep(20, signal);
  }
}

const still = async (id: ProcessId): Promise<readonly ProcessId[]> => ((await isStill(id)) ? [id] : []);

/**
 * Ends everything of a run, the shim as the last.
 * @throws AgentFailure ERR_GENERIC with who is left
 */
export async function endAll(context: Context, run: Run): Promise<void> {
  const left = await terminate(context, {
    find: () => membersOf(run),
    steps: [
      { signal: 'SIGTERM', waitMs: Math.min(REST_MS, context.params.stop_grace) },
      { signal: 'SIGKILL', waitMs: KILL_MS },
    ],
  });
  if (left.length > 0) {
    const pids = left.map(({ pid }) => pid).join(', ');
    throw new AgentFailure(
      OCF.ERR_GENERIC,
      `Expected all processes to end after KILL, got ${pids} still there`,
    );
  }
  // It goes by itself when nobody is left, unless it was stopped, too.
  await terminate(context, {
    find: () => still(run.shim),
    steps: [
      { signal: 'SIGCONT', waitMs: SHIM_LIMIT_MS },
      { signal: 'SIGKILL', waitMs: SHIM_LIMIT_MS },
    ],
  });
}

/** One that names somebody else who runs is none of ours. */
async function removePidFile({ params: { pidfile: path } }: Context): Promise<void> {
  const file = path === undefined ? undefined : await readPidFile(path);
  if (path === undefined || (file?.kind === 'pid' && isRunning(await readProcess(file.pid)))) {
    return;
  }
  await rm(path, { force: true }).catch(() => undefined); // a directory, which no start of ours made
}
