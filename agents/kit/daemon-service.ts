import { realpath, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Handler } from './agent.ts';
import { AgentFailure } from './agent-failure.ts';
import type { AgentContext } from './context.ts';
import { type ExitCode, OCF } from './exit-codes.ts';
import { findProgram } from './find-program.ts';
import type { Parameters } from './parameters.ts';
import { readPidFile } from './pid-file.ts';
import { oneLine } from './plain-text.ts';
import {
  executableOf,
  isRunning,
  isStill,
  listProcesses,
  type ProcessFacts,
  readProcess,
} from './processes.ts';
import { type TerminationStep, terminate } from './terminate.ts';

/** A program that goes to the background by itself and writes a PID file, as most services can. */
export interface DaemonDeclaration<P extends Parameters> {
  /** Its name in `PATH`, or its absolute path. It must be what its process executes: a binary, no script. */
  readonly program: string;
  /** Where it writes the number of its process: a path of this resource alone, such as one in its state directory. */
  readonly pidFile: (context: AgentContext<P>) => Promise<string>;
  /** Its words, with which it goes to the background. */
  readonly args: (context: AgentContext<P>, pidFile: string) => readonly string[];
  /** What is done before it is started, such as making directories. Default: nothing. */
  readonly prepare?: (context: AgentContext<P>, pidFile: string) => Promise<void>;
  /** Asks it something real. What is wrong with it, as a reason of one line; undefined if it works. */
  readonly troubleOf: (context: AgentContext<P>) => Promise<string | undefined>;
  /** How it is ended. Default: TERM with 10 s, then KILL with 5 s. */
  readonly stopSteps?: readonly TerminationStep[];
}

/** The actions that every agent has, and a look for the program, for `validate`. */
export interface DaemonService<P extends Parameters> {
  readonly start: Handler<P>;
  readonly stop: Handler<P>;
  readonly monitor: Handler<P>;
  /**
   * Path of its program.
   * @throws AgentFailure ERR_INSTALLED
   */
  readonly findProgram: (context: AgentContext<P>) => Promise<string>;
}

/** Between two looks at a service that does not work yet. */
const PAUSE_MS = 50;

/** Looks, one after the other, at which no process of the program is there: it does not come any more. */
const VAIN_LOOKS = 5;

const STOP_STEPS: readonly TerminationStep[] = [
  { signal: 'SIGTERM', waitMs: 10_000 },
  { signal: 'SIGKILL', waitMs: 5000 },
];

/**
 * Start, stop and monitor of a service that goes to the background by itself. Its process is the one that its PID file
 * names, if that runs the program: not another one that has the number now, and no zombie. A start comes back when there is
 * no trouble, and fails as soon as the process is gone again.
 */
export function daemonService<P extends Parameters>(daemon: DaemonDeclaration<P>): DaemonService<P> {
  return {
    start: (context) => start(daemon, context),
    stop: (context) => stop(daemon, context),
    monitor: (context) => monitor(daemon, context),
    findProgram: (context) => programOf(daemon, context),
  };
}

async function programOf<P extends Parameters>(
  { program }: DaemonDeclaration<P>,
  { env }: AgentContext<P>,
): Promise<string> {
  const path = await findProgram(program, env);
  if (path === undefined) {
    throw new AgentFailure(OCF.ERR_INSTALLED, `Expected the program ${program}, got none: install it`);
  }
  return path;
}

/** Undefined if none runs. */
async function findProcess<P extends Parameters>(
  daemon: DaemonDeclaration<P>,
  context: AgentContext<P>,
): Promise<ProcessFacts | undefined> {
  const file = await readPidFile(await daemon.pidFile(context));
  if (file.kind !== 'pid') {
    return undefined;
  }
  const facts = await readProcess(file.pid);
  return (await isOfProgram(facts, await executableName(daemon, context))) ? facts : undefined;
}

/** The program may be a link, or may be uninstalled while it runs. */
async function executableName<P extends Parameters>(
  { program }: DaemonDeclaration<P>,
  { env }: AgentContext<P>,
): Promise<string> {
  const path = await findProgram(program, env);
  return basename(path === undefined ? program : await realpath(path).catch(() => path));
}

async function isOfProgram(facts: ProcessFacts | undefined, name: string): Promise<boolean> {
  return isRunning(facts) && basename((await executableOf(facts.pid)) ?? '') === name;
}

async function start<P extends Parameters>(
  daemon: DaemonDeclaration<P>,
  context: AgentContext<P>,
): Promise<void> {
  const before = new Set((await listProcesses()).map(({ pid }) => pid));
  if ((await findProcess(daemon, context)) === undefined) {
    const path = await programOf(daemon, context);
    const pidFile = await daemon.pidFile(context);
    await rm(pidFile, { force: true });
    await daemon.prepare?.(context, pidFile);
    const { code, errno, signal, stderr } = await context.run({ path, args: daemon.args(context, pidFile) });
    if (code !== 0) {
      const how = errno ?? signal ?? `status ${code}`;
      const reason = `Expected ${daemon.program} to start, got ${how}: ${oneLine(stderr)}`;
      throw new AgentFailure(OCF.ERR_GENERIC, reason);
    }
  }
  await untilItWorks(daemon, context, before);
}

/** Comes back when it works, and fails as soon as it can't any more. */
async function untilItWorks<P extends Parameters>(
  daemon: DaemonDeclaration<P>,
  context: AgentContext<P>,
  before: ReadonlySet<number>,
): Promise<void> {
  const what = `Expected ${daemon.program} to write its number to ${await daemon.pidFile(context)}, got none`;
  const name = await executableName(daemon, context);
  let vainLooks = 0;
  const process = await context.waitFor(`${what}: can it write there`, async () => {
    const found = await findProcess(daemon, context);
    // One that has ended in the background has told nobody, and writes no file any more.
    vainLooks = found !== undefined || (await hasAppeared(name, before)) ? 0 : vainLooks + 1;
    if (vainLooks >= VAIN_LOOKS) {
      throw new AgentFailure(OCF.ERR_GENERIC, `${what}, and it has ended: see its log`);
    }
    return found;
  });
  for (;;) {
    const trouble = await daemon.troubleOf(context);
    if (!(await isStill(process))) {
      const reason = `Expected ${daemon.program} to run, got its end while it started: see its log`;
      throw new AgentFailure(OCF.ERR_GENERIC, reason);
    }
    if (trouble === undefined) {
      return;
    }
    if (context.leftMs() <= PAUSE_MS) {
      throw new AgentFailure(OCF.ERR_GENERIC, trouble);
    }
    await context.clock.sleep(PAUSE_MS, context.signal);
  }
}

/** Whether a process of the program is there that was not there before. */
async function hasAppeared(name: string, before: ReadonlySet<number>): Promise<boolean> {
  for (const facts of await listProcesses()) {
    if (!before.has(facts.pid) && (await isOfProgram(facts, name))) {
      return true;
    }
  }
  return false;
}

async function stop<P extends Parameters>(
  daemon: DaemonDeclaration<P>,
  context: AgentContext<P>,
): Promise<void> {
  const find = async (): Promise<readonly ProcessFacts[]> =>
    [await findProcess(daemon, context)].filter((facts) => facts !== undefined);
  const [left] = await terminate(context, { find, steps: daemon.stopSteps ?? STOP_STEPS });
  if (left !== undefined) {
    const reason = `Expected ${daemon.program} to end, got process ${left.pid} still running`;
    throw new AgentFailure(OCF.ERR_GENERIC, reason);
  }
  await rm(await daemon.pidFile(context), { force: true }).catch((error: NodeJS.ErrnoException) => {
    // A directory, which no start of ours has made, holds nobody's number.
    if (error.code !== 'EISDIR' && error.code !== 'ERR_FS_EISDIR') {
      throw error;
    }
  });
}

async function monitor<P extends Parameters>(
  daemon: DaemonDeclaration<P>,
  context: AgentContext<P>,
): Promise<ExitCode | undefined> {
  if ((await findProcess(daemon, context)) === undefined) {
    return OCF.NOT_RUNNING;
  }
  const trouble = await daemon.troubleOf(context);
  if (trouble !== undefined) {
    throw new AgentFailure(OCF.ERR_GENERIC, trouble);
  }
  return OCF.SUCCESS;
}
