import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AgentContext, defineAgent, OCF, string } from '../kit/index.ts';

const parameters = {
  state: string({
    short: 'State file',
    long: 'The file that is there while the resource runs. Default: one in a directory of this resource below /run.',
    isUnique: true,
  }),
};

type Context = AgentContext<typeof parameters>;

const stateFile = async (context: Context): Promise<string> =>
  context.params.state ?? join(await context.stateDirectory(), 'state');

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

export const agent = defineAgent({
  name: 'dummy',
  version: '1.0',
  short: 'A resource that is a file',
  long: 'Does nothing but keep a file while it runs: for tests and examples.',
  parameters,
  actions: {
    start: {
      timings: [{ timeout: '20s' }],
      run: async (context) => writeFile(await stateFile(context), `${context.instance}\n`),
    },
    stop: {
      timings: [{ timeout: '20s' }],
      run: async (context) => rm(await stateFile(context), { force: true }),
    },
    monitor: {
      timings: [{ timeout: '20s', interval: '10s' }],
      run: async (context) => ((await isThere(await stateFile(context))) ? OCF.SUCCESS : OCF.NOT_RUNNING),
    },
  },
});
