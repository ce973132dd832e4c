import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  AgentFailure,
  exclusively,
  findProgram,
  isStill,
  OCF,
  type ProcessFacts,
  type ProcessId,
  terminate,
} from '../kit/index.ts';
import { check } from './checks.ts';
import { type ApacheConfiguration, configtest, type RunDirectory } from './config/index.ts';
import type { Installation } from './installation.ts';
import { configurationOf } from './knowledge.ts';
import { ended, launch } from './launch.ts';
import type { Context } from './parameters.ts';
import { findMain, findMembers } from './processes.ts';
import { clearRemains } from './remains.ts';
import { listSemaphores, newSemaphores } from './semaphores.ts';
import { noteForeign, readState, writeState } from './state.ts';

/** What of its time a start keeps to stop a server that does not get well. */
const STOP_SHARE = 0.25;
const STOP_MAX_MS = 8000;

/** TERM is for the main process, if there is one: workers without it need KILL. */
const ORPHAN_STEPS = [
  { signal: 'SIGTERM', waitMs: 1000 },
  { signal: 'SIGKILL', waitMs: 2000 },
] as const;

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 250;

/** Starts the server, unless it runs, and returns when it answers as the monitor wants. */
export async function start(context: Context): Promise<void> {
  const configuration = await configurationOf(context);
  if (!(await joinRunning(context, configuration))) {
    await exclusively(context, () => startStopped(context, configuration));
  }
}

/** @returns whether it ran already, and is well */
async function joinRunning(context: Context, configuration: ApacheConfiguration): Promise<boolean> {
  const state = await readState(context);
  const running = await findMain(configuration, state?.main);
  // One that is stopped by a signal serves nobody: it is ended with the orphans.
  if (running === undefined || running.state === 'T') {
    return false;
  }
  context.log.info(`Runs already, as process ${running.pid}`);
  await noteForeign(context, withoutEnvironment(configuration), running);
  await awaitHealth(context, configuration, running);
  return true;
}

/** What runs without being known as the main process is of a former server: no other start is at work. */
async function startStopped(context: Context, configuration: ApacheConfiguration): Promise<void> {
  if (await joinRunning(context, configuration)) {
    return; // another start was faster
  }
  const state = await readState(context);
  for (const directory of [...configuration.runDirectories, { path: dirname(configuration.pidFile) }]) {
    await makeDirectory(context, directory);
  }
  await configtest(context, configuration);
  await endOrphans(context, configuration);
  await clearRemains(context, configuration, state);
  const before = await listSemaphores();
  const { pid, startTicks } = await launch(context, configuration);
  const made = { installation: withoutEnvironment(configuration), main: { pid, startTicks } };
  const keep = async (): Promise<void> =>
    writeState(context, { ...made, semaphores: newSemaphores(before, await listSemaphores()) });
  // At once: a stop must find what a start that was killed has left.
  await keep().catch((error: unknown) => giveUp(context, configuration, error));
  await awaitHealth(context, configuration, made.main);
  await keep(); // its workers have made their semaphores by now
}

/** Its environment may hold secrets. */
function withoutEnvironment({ env, ...installation }: ApacheConfiguration): Installation {
  return installation;
}

/** A start that fails leaves nothing. */
async function giveUp(context: Context, configuration: ApacheConfiguration, error: unknown): Promise<never> {
  await endOrphans(context, configuration);
  throw error;
}

/**
 * Ends what is left of a server whose main process is gone: its workers would hold the ports, and serve what they had
 * before.
 */
async function endOrphans(context: Context, configuration: ApacheConfiguration): Promise<void> {
  const { all } = await findMembers(configuration);
  if (all.length === 0) {
    return;
  }
  context.log.warn(`Ending ${all.length} processes which a former server left: ${pidsOf(all)}`);
  const find = async (): Promise<readonly ProcessFacts[]> => (await findMembers(configuration)).all;
  const left = await terminate(context, { find, steps: ORPHAN_STEPS });
  if (left.length > 0) {
    const reason = `Expected processes of a former server to end, got ${pidsOf(left)} still there after KILL`;
    throw new AgentFailure(OCF.ERR_GENERIC, reason);
  }
}

/**
 * Waits until the monitor would be content. What no time can mend ends the wait at once; either way the server is stopped
 * again.
 */
async function awaitHealth(
  context: Context,
  configuration: ApacheConfiguration,
  main: ProcessId,
): Promise<void> {
  const { clock, signal } = context;
  const endsAtMs = clock.nowMs() + context.leftMs() - Math.min(context.leftMs() * STOP_SHARE, STOP_MAX_MS);
  const limited: Context = { ...context, leftMs: () => Math.max(0, endsAtMs - clock.nowMs()) };
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    if (!(await isStill(main))) {
      throw await ended(context, configuration);
    }
    const trouble = await check(limited, configuration);
    if (trouble === undefined) {
      return;
    }
    // No question with too little time for an answer: what it would tell is not why.
    if (!trouble.mayPass || limited.leftMs() <= 2 * LONGEST_PAUSE_MS) {
      return giveUp(context, configuration, new AgentFailure(OCF.ERR_GENERIC, trouble.reason));
    }
    await clock.sleep(pauseMs, signal);
  }
}

/** What is missing is made, and given to its user; what is there is left as it is. */
async function makeDirectory(context: Context, { path, owner }: RunDirectory): Promise<void> {
  try {
    const made = await mkdir(path, { recursive: true, mode: 0o755 });
    if (made !== undefined && owner !== undefined) {
      const chown = (await findProgram('chown', context.env)) ?? '/bin/chown';
      await context.run({ path: chown, args: [owner.replace(/^#/, '+'), path] });
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const rc = code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? OCF.ERR_PERM : OCF.ERR_INSTALLED;
    const reason = `Expected the directory ${path} to be made, got ${code}`;
    throw new AgentFailure(rc, reason, { cause: error });
  }
}

const pidsOf = (all: readonly ProcessId[]): string => all.map(({ pid }) => pid).join(', ');
