import { stat } from 'node:fs/promises';
import { AgentFailure, isStill, OCF, sendSignal } from '../kit/index.ts';
import { check } from './checks.ts';
import { configtest } from './config/index.ts';
import { configurationOf, learn } from './knowledge.ts';
import { ended } from './launch.ts';
import type { Context } from './parameters.ts';
import { findMain, type Main } from './processes.ts';
import { readState, writeState } from './state.ts';

/** Within this, a server writes its PID file anew when it reads its configuration anew. */
const RESTART_LIMIT_MS = 3000;

/** Reads the server's configuration anew; requests go on. A configuration that is wrong changes nothing. */
export async function reload(context: Context): Promise<void> {
  const configuration = await configurationOf(context);
  const state = await readState(context);
  const main = await mainOf(context, await findMain(configuration, state?.main));
  await configtest(context, configuration);
  const before = await changeOf(configuration.pidFile);
  await sendSignal(main, 'SIGUSR1');
  // Not to be missed by what follows, but no fault if it isn't seen: the answer counts.
  await context
    .waitFor(
      '',
      async () => ((await changeOf(configuration.pidFile)) === before ? undefined : true),
      RESTART_LIMIT_MS,
    )
    .catch(() => context.signal.throwIfAborted());
  const trouble = await context.waitFor(
    'Expected the server to answer with its new configuration',
    async () => {
      if (!(await isStill(main))) {
        throw await ended(context, configuration);
      }
      const found = await check(context, configuration);
      return found?.mayPass === true ? undefined : { found };
    },
  );
  if (trouble.found !== undefined) {
    throw new AgentFailure(OCF.ERR_GENERIC, trouble.found.reason);
  }
  if (state !== undefined) {
    const { env, ...installation } = configuration;
    const { pid, startTicks } = main;
    await writeState(context, { ...state, installation, main: { pid, startTicks } });
  }
}

/** Parameters of the monitor are read by every monitor: there is nothing to do but to see that there is a server. */
export async function reloadAgent(context: Context): Promise<void> {
  const { installation } = await learn(context);
  await mainOf(context, await findMain(installation, (await readState(context))?.main));
}

async function mainOf(context: Context, main: Main | undefined): Promise<Main> {
  if (main === undefined) {
    throw new AgentFailure(
      OCF.ERR_GENERIC,
      `Expected a running server to ${context.action}, got none: start it`,
    );
  }
  return main;
}

const changeOf = (path: string): Promise<string | undefined> =>
  stat(path, { bigint: true }).then(
    ({ mtimeNs, ino, ctimeNs }) => `${mtimeNs} ${ctimeNs} ${ino}`,
    () => undefined,
  );
