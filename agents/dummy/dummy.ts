import { rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { type AgentContext, AgentFailure, defineAgent, duration, OCF, string } from '../kit/index.ts';
import { checkPlaces, envfile, stateFile } from '../trouble/parameters.ts';
import { trouble, troubled } from '../trouble/trouble.ts';

const parameters = {
  state: string({
    short: 'State file',
    long: 'Absolute path of the file that is there while the resource runs. Default: one in a directory of this resource below /run.',
    isUnique: true,
  }),
  passwd: string({
    short: 'A secret',
    long: 'Means nothing: to see that it is shown nowhere.',
    isPrivate: true,
    isReloadable: true,
  }),
  fake: string({
    short: 'A value',
    long: 'Means nothing: to change it.',
    default: 'dummy',
    isReloadable: true,
  }),
  op_sleep: duration({
    short: 'How long a monitor takes',
    long: 'A monitor waits so long before it looks; a start and a stop, which look first, too.',
    default: 0,
    isReloadable: true,
  }),
  fail_start_on: string({
    short: 'Node on which it does not start',
    long: 'Start fails on the machine with this host name (uname -n), and leaves the resource running.',
    isReloadable: true,
  }),
  envfile,
  trouble,
};

type Parameters = typeof parameters;
type Context = AgentContext<Parameters>;

async function isRunning(context: Context): Promise<boolean> {
  if (context.params.op_sleep > 0) {
    await context.clock.sleep(context.params.op_sleep, context.signal);
  }
  try {
    return (await stat(await stateFile(context))).isFile();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      return false;
    }
    throw error; // it may run
  }
}

async function start(context: Context): Promise<void> {
  if (!(await isRunning(context))) {
    await writeFile(await stateFile(context), `${context.instance}\n`);
  }
  if (context.params.fail_start_on === hostname()) {
    throw new AgentFailure(
      OCF.ERR_GENERIC,
      `Expected another node than ${hostname()}, as fail_start_on says`,
    );
  }
}

async function stop(context: Context): Promise<void> {
  if (await isRunning(context)) {
    await rm(await stateFile(context), { force: true });
  }
}

async function expectRunning(context: Context): Promise<void> {
  if (!(await isRunning(context))) {
    throw new AgentFailure(
      OCF.NOT_RUNNING,
      `Expected ${context.instance} to run for ${context.action}, it is stopped`,
    );
  }
}

export const agent = defineAgent({
  name: 'dummy',
  version: '1.0',
  short: 'A resource that is a file',
  long: 'Does nothing but keep a file while it runs, and fails in every way that it is told to: for tests and examples.',
  parameters,
  validate: checkPlaces,
  actions: {
    start: { timings: [{ timeout: '20s' }], run: troubled(start) },
    stop: { timings: [{ timeout: '20s' }], run: troubled(stop) },
    monitor: {
      timings: [{ timeout: '20s', interval: '10s' }],
      run: troubled(async (context) => ((await isRunning(context)) ? OCF.SUCCESS : OCF.NOT_RUNNING)),
    },
    reload: { timings: [{ timeout: '20s' }], run: troubled(expectRunning) },
    'reload-agent': { timings: [{ timeout: '20s' }], run: troubled(expectRunning) },
    migrate_to: {
      timings: [{ timeout: '20s' }],
      run: troubled(async (context) => {
        await expectRunning(context);
        await stop(context);
      }),
    },
    migrate_from: {
      timings: [{ timeout: '20s' }],
      run: troubled(async (context) => {
        const source = context.env['OCF_RESKEY_CRM_meta_migrate_source'] ?? '';
        if (source === '') {
          const reason =
            'Expected a node in CRM_meta_migrate_source, got none; only the cluster calls this action';
          throw new AgentFailure(OCF.ERR_ARGS, reason);
        }
        await start(context);
      }),
    },
  },
});
