import {
  AgentFailure,
  isStill,
  OCF,
  type ProcessFacts,
  type ProcessId,
  sendSignal,
  terminate,
} from '../kit/index.ts';
import type { Installation } from './installation.ts';
import { learn } from './knowledge.ts';
import type { Context } from './parameters.ts';
import { findMain, findMembers } from './processes.ts';
import { clearRemains } from './remains.ts';
import { readState, removeState } from './state.ts';

/** A worker that has work to do may take long: it has half of the action's time, as with the original. */
const GRACEFUL_SHARE = 0.5;
/** Then the main process ends them: half of the rest. The last quarter is for TERM and KILL to everybody. */
const TERM_SHARE = 0.25;

/** Weights; `terminate` shares out what the action has left. */
const LAST_STEPS = [
  { signal: 'SIGTERM', waitMs: 1000 },
  { signal: 'SIGKILL', waitMs: 5000 },
] as const;

/** Stops the server with all that it started; nothing else is touched. */
export async function stop(context: Context): Promise<void> {
  const installations = await known(context);
  for (const installation of installations) {
    await stopOne(context, installation);
  }
  await removeState(context);
}

/**
 * Where the server may be: by its configuration as it is, and, if that has changed since, as the start found it. Nothing
 * where neither is known: then this resource can't have been started here.
 */
async function known(context: Context): Promise<readonly Installation[]> {
  const state = await readState(context);
  const now = await learn(context).catch((error: unknown) => {
    if (error instanceof AgentFailure) {
      context.log.info(`Takes it for stopped: ${error.message}`);
      return undefined;
    }
    throw error;
  });
  const places = [now?.installation, state?.installation].filter((place) => place !== undefined);
  return places.filter(
    (place, index) =>
      index ===
      places.findIndex(
        ({ pidFile, configFile }) => pidFile === place.pidFile && configFile === place.configFile,
      ),
  );
}

async function stopOne(context: Context, installation: Installation): Promise<void> {
  const state = await readState(context);
  const main = await findMain(installation, state?.main);
  const members = new Members(installation);
  const first = await members.find();
  if (main === undefined && first.length === 0) {
    context.log.info('Is stopped already');
  } else {
    await wake(first);
    await endMain(context, installation, main);
    const left = await terminate(context, { find: () => members.find(), steps: LAST_STEPS });
    if (left.length > 0) {
      const pids = left.map(({ pid }) => pid).join(', ');
      throw new AgentFailure(
        OCF.ERR_GENERIC,
        `Expected all processes to end, got ${pids} still there after KILL`,
      );
    }
    context.log.info('Stopped');
  }
  await clearRemains(context, installation, state);
}

/** A worker that is stopped by a signal would keep the graceful end waiting for all of its time. */
async function wake(members: readonly ProcessFacts[]): Promise<void> {
  for (const facts of members.filter(({ state }) => state === 'T')) {
    await sendSignal(facts, 'SIGCONT');
  }
}

/** Gracefully, then by the server's own way. */
async function endMain(
  context: Context,
  installation: Installation,
  main: ProcessFacts | undefined,
): Promise<void> {
  if (main === undefined) {
    return;
  }
  const totalMs = context.leftMs();
  const find = async (): Promise<readonly ProcessId[]> => ((await isStill(main)) ? [main] : []);
  // When the workers are gone, the main process waits for the rest of a second for nothing.
  const findBusy = async (): Promise<readonly ProcessId[]> => {
    const { servers } = await findMembers(installation);
    return servers.some(({ pid }) => pid !== main.pid) ? find() : [];
  };
  await terminate(context, {
    find: findBusy,
    steps: [{ signal: 'SIGWINCH', waitMs: totalMs * GRACEFUL_SHARE }],
  });
  await terminate(context, { find, steps: [{ signal: 'SIGTERM', waitMs: totalMs * TERM_SHARE }] });
}

/** Its processes, and also those that lose their parent while it is stopped. */
class Members {
  readonly #installation: Installation;
  #seen: readonly ProcessFacts[] = [];

  constructor(installation: Installation) {
    this.#installation = installation;
  }

  async find(): Promise<readonly ProcessFacts[]> {
    const { all } = await findMembers(this.#installation);
    const lost: ProcessFacts[] = [];
    for (const facts of this.#seen.filter(({ pid }) => all.every((one) => one.pid !== pid))) {
      if (await isStill(facts)) lost.push(facts);
    }
    this.#seen = [...all, ...lost];
    return this.#seen;
  }
}
