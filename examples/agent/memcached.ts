// A resource agent of a real service, whole: memcached, run and watched by a cluster. docs/agents.md tells how it came about.
import { chown, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import {
  type AgentContext,
  AgentFailure,
  defineAgent,
  executableOf,
  findProgram,
  integer,
  OCF,
  oneLine,
  type ProcessId,
  readPidFile,
  readProcess,
  runAsProgram,
  string,
  terminate,
} from 'bundlet/agent-kit';

const parameters = {
  port: integer({
    short: 'TCP port',
    long: 'Port to listen on.',
    default: 11211,
    min: 1,
    max: 65535,
    isUnique: true,
  }),
  address: string({ short: 'Address', long: 'Address to listen on.', default: '127.0.0.1' }),
  memory: integer({ short: 'Memory in MiB', long: 'How much it keeps at most.', default: 64, min: 8 }),
  user: string({ short: 'User', long: 'Runs as this user when started by root.', default: 'nobody' }),
};

type Context = AgentContext<typeof parameters>;

const pidFile = async (context: Context): Promise<string> => join(await context.stateDirectory(), 'pid');

async function binary({ env }: Context): Promise<string> {
  const path = await findProgram('memcached', env);
  if (path === undefined) {
    throw new AgentFailure(OCF.ERR_INSTALLED, 'Expected the program memcached, got none in PATH; install it');
  }
  return path;
}

/** The user's number: memcached writes its PID file as that user. */
async function userId({ params, run }: Context): Promise<number> {
  const { code, stdout } = await run({ path: '/usr/bin/id', args: ['-u', params.user] });
  if (code !== 0) {
    throw new AgentFailure(OCF.ERR_ARGS, `Expected a user of this machine, got ${params.user}; create it`);
  }
  return Number(stdout);
}

/** The server that start has started: not another process that has its number now, and not a zombie. */
async function findServer(context: Context): Promise<ProcessId | undefined> {
  const file = await readPidFile(await pidFile(context));
  if (file.kind !== 'pid') {
    return undefined;
  }
  const [facts, executable] = [await readProcess(file.pid), await executableOf(file.pid)];
  return facts?.state !== 'Z' && executable?.endsWith('/memcached') ? facts : undefined;
}

/** Asks the server for its version; whether it answered. */
const answers = ({ params, signal }: Context): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port: params.port, host: params.address, signal });
    socket.setTimeout(2000, () => socket.destroy());
    socket.on('connect', () => socket.write('version\r\n'));
    socket.on('data', (data) => {
      resolve(data.toString('latin1').startsWith('VERSION '));
      socket.destroy();
    });
    socket.on('error', () => undefined); // `close` follows
    socket.on('close', () => resolve(false));
  });

async function start(context: Context): Promise<void> {
  const { params, run, waitFor } = context;
  if ((await findServer(context)) !== undefined) {
    return;
  }
  const pid = await pidFile(context);
  const options = {
    '-p': params.port,
    '-l': params.address,
    '-m': params.memory,
    '-u': params.user,
    '-P': pid,
  };
  const args = Object.entries(options).flatMap(([name, value]) => [name, String(value)]);
  await chown(dirname(pid), await userId(context), -1);
  const { code, stderr } = await run({ path: await binary(context), args: ['-d', ...args] });
  if (code !== 0) {
    throw new AgentFailure(
      OCF.ERR_GENERIC,
      `Expected memcached to start, got status ${code}: ${oneLine(stderr)}`,
    );
  }
  const where = `${params.address}:${params.port}`;
  await waitFor(`Expected memcached to answer at ${where}, got nothing; is the port taken?`, async () =>
    (await answers(context)) && (await findServer(context)) !== undefined ? true : undefined,
  );
}

async function stop(context: Context): Promise<void> {
  const find = async (): Promise<ProcessId[]> => [await findServer(context)].filter((id) => id !== undefined);
  const steps = [
    { signal: 'SIGTERM', waitMs: 10_000 },
    { signal: 'SIGKILL', waitMs: 5000 },
  ] as const;
  const left = await terminate(context, { find, steps });
  if (left.length > 0) {
    throw new AgentFailure(
      OCF.ERR_GENERIC,
      `Expected memcached to end, got process ${left[0]?.pid} still running`,
    );
  }
  await rm(await pidFile(context), { force: true });
}

async function monitor(context: Context): Promise<typeof OCF.SUCCESS | typeof OCF.NOT_RUNNING> {
  if ((await findServer(context)) === undefined) {
    return OCF.NOT_RUNNING;
  }
  if (!(await answers(context))) {
    throw new AgentFailure(OCF.ERR_GENERIC, 'Expected memcached to answer within 2 s, got nothing; it hangs');
  }
  return OCF.SUCCESS;
}

const agent = defineAgent({
  name: 'memcached',
  version: '1.0',
  short: 'Runs memcached',
  long: 'Runs memcached, and asks it for its version to see whether it works.',
  parameters,
  validate: async (context) => {
    if (context.mayLookAtHost) {
      await binary(context);
    }
  },
  actions: {
    start: { timings: [{ timeout: '20s' }], run: start },
    stop: { timings: [{ timeout: '20s' }], run: stop },
    monitor: { timings: [{ timeout: '20s', interval: '10s' }], run: monitor },
  },
});

await runAsProgram(agent);
