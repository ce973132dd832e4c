import { AgentFailure, type ExitCode, HttpFailure, httpGet, OCF } from '../kit/index.ts';
import { check } from './checks.ts';
import { type ApacheConfiguration, configtest } from './config/index.ts';
import type { Installation } from './installation.ts';
import { configurationOf, learn } from './knowledge.ts';
import type { Context } from './parameters.ts';
import { findMain, findMembers, type Main } from './processes.ts';
import { noteForeign, readState } from './state.ts';
import { localAddressFor, originOf } from './urls.ts';

/** A graceful restart writes the PID file anew: for so long it may name nobody. */
const PID_FILE_GAP_MS = 1000;

const SCOREBOARD_LIMIT_MS = 2000;

/** Whether the server runs, and answers. */
export async function monitor(context: Context): Promise<ExitCode> {
  const knowledge = await learn(context).catch((error: unknown) => unknownState(context, error));
  if (knowledge === undefined) {
    return OCF.NOT_RUNNING;
  }
  const { installation, fault } = knowledge;
  const main = await mainOf(context, installation);
  if (main === undefined) {
    return absent(context);
  }
  if (main.state === 'T') {
    throw new AgentFailure(
      OCF.ERR_GENERIC,
      `Expected the main process ${main.pid} to run, got it stopped by a signal`,
    );
  }
  if (context.isProbe && fault === undefined) {
    await noteFound(context, installation, main);
  }
  const trouble = await check(context, installation);
  if (trouble !== undefined) {
    throw new AgentFailure(OCF.ERR_GENERIC, trouble.reason);
  }
  const doubts = fault === undefined ? await doubt(context, installation, main) : [fault.message];
  for (const text of doubts) {
    context.log.warn(`Degraded: ${text}`);
  }
  return doubts.length === 0 ? OCF.SUCCESS : OCF.DEGRADED;
}

/** A resource that a probe finds running is never started: its stop must find it without its configuration, too. */
async function noteFound(context: Context, found: Installation, main: Main): Promise<void> {
  const { env, ...installation } = found as Partial<ApacheConfiguration> & Installation;
  await noteForeign(context, installation, main).catch((error: Error) => context.log.warn(error.message));
}

/** As the original: nothing is known of it, so a probe finds nothing, and a monitor that expects it fails. */
function unknownState({ isProbe, log }: Context, error: unknown): undefined {
  if (!(error instanceof AgentFailure)) {
    throw error;
  }
  if (!isProbe) {
    throw new AgentFailure(OCF.ERR_GENERIC, error.message, { cause: error });
  }
  log.info(`Takes it for stopped: ${error.message}`);
}

/** Nobody but a probe expects to find none. */
function absent({ isProbe }: Context): ExitCode {
  if (!isProbe) {
    throw new AgentFailure(OCF.NOT_RUNNING, 'Expected the server to run, got no process of it');
  }
  return OCF.NOT_RUNNING;
}

/**
 * The main process; only where the PID file does not name it other places are looked at.
 * @throws AgentFailure if there are others without it
 */
async function mainOf(context: Context, installation: Installation): Promise<Main | undefined> {
  const named = await findMain(installation, undefined, context.cache);
  if (named !== undefined) {
    return named;
  }
  const state = await readState(context);
  const known = await findMain(state?.installation ?? installation, state?.main);
  if (known !== undefined) {
    return known;
  }
  const { main, all } = await findMembers(installation);
  if (main === undefined && all.length > 0) {
    const pids = all.map(({ pid }) => pid).join(', ');
    const reason = `Expected a main process, got none, while ${all.length} of its processes still run (${pids}): stop it`;
    throw new AgentFailure(OCF.ERR_GENERIC, reason);
  }
  return main === undefined ? undefined : { ...main, isNamed: false };
}

/** Why a server that answers may not go on to. */
async function doubt(context: Context, installation: Installation, main: Main): Promise<readonly string[]> {
  const doubts: string[] = [];
  if (!main.isNamed && !(await isNamedSoon(context, installation))) {
    doubts.push(
      `Expected the PID file ${installation.pidFile} to name ${main.pid}, got something else: restart it`,
    );
  }
  if (context.checkLevel >= 20) {
    const wrong = await configtest(context, await configurationOf(context)).then(
      () => undefined,
      (error: unknown) => (error instanceof AgentFailure ? error.message : Promise.reject(error)),
    );
    const busy = await exhausted(context, installation);
    doubts.push(...[wrong, busy].filter((text) => text !== undefined));
  }
  return doubts;
}

const isNamedSoon = (context: Context, installation: Installation): Promise<boolean> =>
  context
    .waitFor(
      '',
      async () => ((await findMain(installation))?.isNamed === true ? true : undefined),
      PID_FILE_GAP_MS,
    )
    .catch(() => {
      context.signal.throwIfAborted();
      return false;
    });

/** Whether every worker is busy and no other can be started, by mod_status; undefined also where that is not there. */
async function exhausted(context: Context, installation: Installation): Promise<string | undefined> {
  if (installation.statusPath === undefined) {
    return undefined;
  }
  const url = `${originOf(installation, context)}${installation.statusPath}?auto`;
  const answer = await httpGet({
    url,
    localAddress: localAddressFor(url, context),
    tls: { isInsecure: true },
    timeoutMs: Math.min(SCOREBOARD_LIMIT_MS, context.leftMs()),
    signal: context.signal,
  }).catch((error: unknown) => (error instanceof HttpFailure ? undefined : Promise.reject(error)));
  const idle = /^IdleWorkers: (\d+)$/m.exec(answer?.body ?? '')?.[1];
  const scoreboard = /^Scoreboard: (\S+)$/m.exec(answer?.body ?? '')?.[1] ?? '.';
  return idle === '0' && !scoreboard.includes('.')
    ? `Expected an idle worker, got all ${scoreboard.length} busy: raise MaxRequestWorkers`
    : undefined;
}
