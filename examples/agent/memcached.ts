// A resource agent of a real service, whole: memcached, run and watched by a cluster. docs/agents.md tells how it came about.
import { chown } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import {
  type AgentContext,
  AgentFailure,
  daemonService,
  defineAgent,
  integer,
  OCF,
  runAsProgram,
  string,
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

/** memcached writes its PID file as its user, who must be able to: the state directory becomes his. */
async function handOver({ params, run }: Context, pidFile: string): Promise<void> {
  const { code, stdout } = await run({ path: '/usr/bin/id', args: ['-u', params.user] });
  if (code !== 0) {
    throw new AgentFailure(OCF.ERR_ARGS, `Expected a user of this machine, got ${params.user}: create it`);
  }
  await chown(dirname(pidFile), Number(stdout), -1);
}

/** Asks the server for its version. */
const troubleOf = ({ params, signal }: Context): Promise<string | undefined> =>
  new Promise((resolve) => {
    const trouble = `Expected memcached to answer at ${params.address}:${params.port} within 2 s, got`;
    const socket = connect({ port: params.port, host: params.address, signal });
    const end = (answer?: string): void => {
      resolve(answer);
      socket.destroy();
    };
    socket.setTimeout(2000, () => end(`${trouble} nothing: it hangs`));
    socket.on('connect', () => socket.write('version\r\n'));
    socket.on('data', (data) =>
      end(data.toString('latin1').startsWith('VERSION ') ? undefined : `${trouble} nonsense`),
    );
    socket.on('error', ({ message }) => end(`${trouble} ${message}`));
    socket.on('close', () => end(`${trouble} the end of the connection`));
  });

const service = daemonService<typeof parameters>({
  program: 'memcached',
  pidFile: async (context) => join(await context.stateDirectory(), 'pid'),
  args: ({ params: { port, address, memory, user } }, pidFile) =>
    `-d -p ${port} -m ${memory}`.split(' ').concat('-l', address, '-u', user, '-P', pidFile),
  prepare: handOver,
  troubleOf,
});

const agent = defineAgent({
  name: 'memcached',
  version: '1.0',
  short: 'Runs memcached',
  long: 'Runs memcached, and asks it for its version to see whether it works.',
  parameters,
  validate: async (context) => {
    if (context.mayLookAtHost) {
      await service.findProgram(context);
    }
  },
  actions: {
    start: { timings: [{ timeout: '20s' }], run: service.start },
    stop: { timings: [{ timeout: '20s' }], run: service.stop },
    monitor: { timings: [{ timeout: '20s', interval: '10s' }], run: service.monitor },
  },
});

await runAsProgram(agent);
