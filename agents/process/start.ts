import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AgentFailure,
  environmentOf,
  executableOf,
  isRunning,
  OCF,
  readPidFile,
  readProcess,
} from '../kit/index.ts';
import { environmentFor, programOf, wordsOf } from './application.ts';
import { check, hasChecks } from './checks.ts';
import { EarlyLines } from './early-lines.ts';
import { type Look, look } from './look.ts';
import type { Context } from './parameters.ts';
import { MARK } from './run.ts';
import { launch } from './shim.ts';
import { endAll } from './stop.ts';

/** Between two looks at an application that is not ready. */
const PAUSE_MS = 100;
/** What is kept of the action's time to tell why it is not ready. */
const RESERVE_MS = 250;
const DEFAULT_DELAY_MS = 1000;

/** Names the run that had started. */
const STARTED = 'started';

/** Starts the application and waits until it is ready; one that runs already is waited for only. */
export async function start(context: Context): Promise<void> {
  const before = await lookBefore(context);
  if (before.kind === 'broken') {
    context.log.warn(`Expected ${before.reason}; ending what is left of it first`);
    await endAll(context, before.run);
  }
  if (before.kind === 'broken' || before.kind === 'stopped') {
    await removeStalePidFile(context);
    await launchOnce(context);
  }
  const { run, main } = await ready(context);
  const { type, pidfile } = context.params;
  if (type === 'foreground' && pidfile !== undefined && main !== undefined) {
    await writeFile(pidfile, `${main.pid}\n`);
  }
  const directory = await context.stateDirectory();
  await writeFile(join(directory, STARTED), run.run);
  await rm(join(directory, 'early'), { force: true });
  context.log.info(
    `Started, with the main process ${main?.pid ?? 'unknown'} below pcmk-shim ${run.shim.pid}`,
  );
}

/** What is there. A run that had started once, and is not what it was, will not become so by waiting. */
async function lookBefore(context: Context): Promise<Look> {
  const found = await look(context);
  if (found.kind !== 'starting') {
    return found;
  }
  const path = join(await context.stateDirectory(), STARTED);
  const hadStarted = (await readFile(path, 'utf8').catch(() => '')) === found.run.run;
  return hadStarted ? { ...found, kind: 'broken' } : found;
}

/** Only one shim may be there: another start was faster, or the shim of an earlier run still writes its last lines. */
async function launchOnce(context: Context): Promise<void> {
  const directory = await context.stateDirectory();
  await context.waitFor('Expected the pcmk-shim of an earlier run to end, got it there still', async () => {
    const isThere = (await launch(context, directory)) || (await look(context)).kind !== 'stopped';
    return isThere || undefined;
  });
}

/** An application refuses to start beside the file of an earlier one that could not remove it. */
async function removeStalePidFile(context: Context): Promise<void> {
  const { pidfile: path } = context.params;
  const file = path === undefined ? undefined : await readPidFile(path);
  if (path === undefined || file === undefined || file.kind === 'absent') {
    return;
  }
  const facts = file.kind === 'pid' ? await readProcess(file.pid) : undefined;
  // The number may have become another resource's: small containers give out the same ones again.
  if (isRunning(facts) && !(await environmentOf(facts.pid)).some((word) => word.startsWith(`${MARK}=`))) {
    const [program = ''] = wordsOf(context, 'command');
    const own = await programOf(context, program, await environmentFor(context, undefined));
    if ((await executableOf(facts.pid)) === own) {
      const reason = `Expected nobody to run ${own} with ${path}, got process ${facts.pid}: end it, the cluster did not start it`;
      throw new AgentFailure(OCF.ERR_GENERIC, reason);
    }
  }
  context.log.info(`Removing ${path}, which an earlier start left behind`);
  await rm(path, { force: true });
}

type Running = Extract<Look, { kind: 'running' }>;

/** Waits until it runs and all conditions of readiness hold. An application that ends meanwhile ends the wait. */
async function ready(context: Context): Promise<Running> {
  const { clock, signal, params } = context;
  const isChecked = hasChecks(context, 'ready') || params.ready_log !== undefined;
  const delayMs = params.ready_delay ?? (isChecked ? 0 : DEFAULT_DELAY_MS);
  const beganMs = clock.nowMs();
  const early = new EarlyLines(join(await context.stateDirectory(), 'early'));
  for (;;) {
    const found = await look(context);
    if (found.kind === 'stopped' || found.kind === 'broken') {
      const reason = found.reason ?? 'an end';
      const words =
        found.kind === 'stopped' ? `the application to run while it starts, got ${reason}` : reason;
      throw new AgentFailure(OCF.ERR_GENERIC, `Expected ${words}`);
    }
    const fault = found.kind === 'starting' ? `Expected ${found.reason}` : await checkReady(context, early);
    const waitsMs = fault === undefined ? beganMs + delayMs - clock.nowMs() : PAUSE_MS;
    if (found.kind === 'running' && fault === undefined && waitsMs <= 0) {
      return found;
    }
    if (context.leftMs() <= RESERVE_MS) {
      const what = fault ?? `Expected ready_delay to be over, got ${Math.round(waitsMs)} ms of it left`;
      throw new AgentFailure(OCF.ERR_GENERIC, `${what}; the time for the start is over`);
    }
    await clock.sleep(Math.max(1, Math.min(PAUSE_MS, waitsMs, context.leftMs() - RESERVE_MS)), signal);
  }
}

async function checkReady(context: Context, early: EarlyLines): Promise<string | undefined> {
  const { ready_log: pattern } = context.params;
  if (pattern !== undefined && !(await early.have(pattern))) {
    return `Expected a line that matches ready_log ${pattern.text}, got none of it`;
  }
  return check(context, 'ready');
}
