import { readFile, rm, writeFile } from 'node:fs/promises';
import {
  type AgentContext,
  AgentFailure,
  defineAgent,
  duration,
  type Handler,
  integer,
  OCF,
  setPromotionScore,
  string,
} from '../kit/index.ts';
import { checkPlaces, envfile, stateFile } from '../trouble/parameters.ts';
import { trouble, troubled } from '../trouble/trouble.ts';

const parameters = {
  state: string({
    short: 'State file',
    long: 'Absolute path of the file that holds the role while the resource runs: Promoted or Unpromoted. Default: one in a directory of this resource below /run.',
    isUnique: true,
  }),
  score_promoted: integer({
    short: 'Promotion score when promoted',
    long: 'What the cluster is told while this instance is promoted: it stays where it is while no other has more.',
    default: 10,
    isReloadable: true,
  }),
  score_unpromoted: integer({
    short: 'Promotion score when unpromoted',
    long: 'What the cluster is told while this instance runs unpromoted.',
    default: 5,
    isReloadable: true,
  }),
  notify_delay: duration({
    short: 'How long a notification takes',
    long: 'A notification waits so long before it succeeds.',
    default: 0,
    isReloadable: true,
  }),
  envfile,
  trouble,
};

type Parameters = typeof parameters;
type Context = AgentContext<Parameters>;

/** As the file has it. */
type Role = 'Promoted' | 'Unpromoted';

/** What the file says; undefined: stopped. */
async function readState(context: Context): Promise<string | undefined> {
  try {
    return (await readFile(await stateFile(context), 'utf8')).trim();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      return undefined;
    }
    throw error;
  }
}

async function become(context: Context, role: Role): Promise<void> {
  await writeFile(await stateFile(context), `${role}\n`);
  await setScore(context, role);
}

const setScore = (context: Context, role: Role): Promise<boolean> =>
  setPromotionScore(
    context,
    role === 'Promoted' ? context.params.score_promoted : context.params.score_unpromoted,
  );

/** Changes the role of what runs; a repetition changes nothing. */
const change =
  (role: Role): Handler<Parameters> =>
  async (context) => {
    if ((await readState(context)) === undefined) {
      const reason = `Expected ${context.instance} to run for ${context.action}, it is stopped`;
      throw new AgentFailure(OCF.NOT_RUNNING, reason);
    }
    await become(context, role);
  };

async function stop(context: Context): Promise<void> {
  if ((await readState(context)) !== undefined) {
    await setPromotionScore(context, undefined);
    await rm(await stateFile(context), { force: true });
  }
}

async function monitor(context: Context): Promise<0 | 7 | 8> {
  const state = await readState(context);
  switch (state) {
    case undefined:
      return OCF.NOT_RUNNING;
    case 'Promoted':
    case 'Unpromoted':
      if (context.isProbe) {
        // A cluster that starts anew has forgotten it.
        await setScore(context, state);
      }
      return state === 'Promoted' ? OCF.RUNNING_PROMOTED : OCF.SUCCESS;
    default: {
      const reason = `Expected Promoted or Unpromoted in ${await stateFile(context)}, got ${JSON.stringify(state)}; stop it`;
      throw new AgentFailure(OCF.ERR_GENERIC, reason);
    }
  }
}

/** A changed score is told at once. */
async function reloadAgent(context: Context): Promise<void> {
  const state = await readState(context);
  if (state !== 'Promoted' && state !== 'Unpromoted') {
    throw new AgentFailure(
      OCF.NOT_RUNNING,
      `Expected ${context.instance} to run for ${context.action}, it is stopped`,
    );
  }
  await setScore(context, state);
}

export const agent = defineAgent({
  name: 'stateful',
  version: '1.0',
  short: 'A resource that is a file, and can be promoted',
  long: 'Does nothing but keep its role in a file, and fails in every way that it is told to: for tests and examples of promotable clones.',
  parameters,
  validate: checkPlaces,
  actions: {
    // [OCF-1.1 start]: into the unpromoted role, whatever it was.
    start: { timings: [{ timeout: '20s' }], run: troubled((context) => become(context, 'Unpromoted')) },
    stop: { timings: [{ timeout: '20s' }], run: troubled(stop) },
    monitor: {
      timings: [
        { timeout: '20s', interval: '10s', role: 'Promoted' },
        { timeout: '20s', interval: '11s', role: 'Unpromoted' },
      ],
      run: troubled(monitor),
    },
    promote: { timings: [{ timeout: '10s' }], run: troubled(change('Promoted')) },
    demote: { timings: [{ timeout: '10s' }], run: troubled(change('Unpromoted')) },
    notify: {
      timings: [{ timeout: '5s' }],
      run: troubled(async ({ clock, params, signal }) => {
        if (params.notify_delay > 0) {
          await clock.sleep(params.notify_delay, signal);
        }
      }),
    },
    'reload-agent': { timings: [{ timeout: '10s' }], run: troubled(reloadAgent) },
  },
});
