// `npm start`: PID 1, daemon and controller on this machine, without a cluster. Shows what Bundlet is for: an
// application dies, a real health check notices, and it is restarted inside its container.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, relative, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { AgentError, RemoteClient, Secret } from '../../src/client/index.ts';
import { messageOf } from '../../src/errors/agent-error.ts';
import { type Container, startContainer } from './container.ts';
import { Story } from './story.ts';

const HOST = '127.0.0.1';
const START_DEADLINE_MS = 15_000;
const TIMEOUT_MS = 10_000;

/** What result codes mean, in words for people. */
const RESULTS: Readonly<Record<number, string>> = {
  0: 'ok',
  1: 'failed',
  5: 'not installed',
  7: 'not running',
};

const checkout = resolve(import.meta.dirname, '../..');
const folder = join(checkout, 'build/first-run');
const keyFile = join(folder, 'authkey');
const state = join(folder, 'state');

const USAGE = `Usage: npm start [-- OPTION...]

Starts Bundlet's PID 1 and daemon on ${HOST}, drives a small agent through its life, and stays up until Ctrl-C.

  --port PORT   TCP port (3121)
  --once        end after the story instead of staying up
  --help        this text
`;

async function main(): Promise<void> {
  const options = readArguments();
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  await checkPort(options.port);
  const story = new Story();
  story.title('Bundlet · first run');
  const key = await makeKey();
  await rm(state, { recursive: true, force: true });
  const container = await startContainer(
    join(checkout, 'build/pcmk-init'),
    ['--port', String(options.port)],
    {
      ...process.env,
      PCMK_authkey_location: keyFile,
      PCMK_remote_address: HOST,
      PCMK_logfile: join(folder, 'daemon.log'),
      OCF_ROOT: join(import.meta.dirname, 'ocf'),
      // The names of local services and the socket of small tools may be another daemon's of this machine.
      BUNDLET_IPC: 'no',
      BUNDLET_TOOLS_SOCKET: 'none',
    },
  );
  const interrupted = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => interrupted.resolve());
  }
  try {
    const client = await connected(container, options.port, key);
    story.step('daemon', `listens on ${HOST}:${options.port}, ${container.what}`);
    const { protocolVersion } = client.daemon;
    story.step('connect', `TLS with a key of ${key.byteLength} bytes, protocol ${protocolVersion}`);
    await Promise.race([tell(story, client, container), interrupted.promise]);
    if (!options.once) {
      await sayHowToConnect(story, options.port, container);
      await Promise.race([interrupted.promise, container.ended.then(complain(container))]);
    }
    client.close();
  } finally {
    await container.signal('SIGTERM');
    story.step('end', `pcmk-init ended with status ${await container.ended}`);
  }
}

/** A container that ends by itself has something to say. */
function complain(container: Container): (status: number) => never {
  return (status) => {
    throw new Error(`The container ended by itself with status ${status}. ${container.stderr()}`);
  };
}

function readArguments() {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, once: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  const port = Number(values.port ?? 3121);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new TypeError(`Expected --port to be a number from 1 to 65535, got "${values.port}"`);
  }
  return { port, once: values.once === true, help: values.help === true };
}

/** A port that is taken would otherwise look like a daemon that answers strangely. */
async function checkPort(port: number): Promise<void> {
  const probe = createServer();
  const { promise, resolve: done, reject } = Promise.withResolvers<void>();
  probe.once('error', reject).listen(port, HOST, done);
  await promise.catch(() => {
    throw new Error(
      `Port ${port} is in use, perhaps by another first run; try: npm start -- --port ${port + 1}`,
    );
  });
  await new Promise((closed) => probe.close(closed));
}

/** A key as `dd if=/dev/urandom of=authkey bs=4096 count=1` makes it; kept, so that others may connect. */
async function makeKey(): Promise<Secret> {
  await mkdir(folder, { recursive: true });
  if (!existsSync(keyFile)) {
    await writeFile(keyFile, randomBytes(4096), { mode: 0o600 });
  }
  return new Secret(await readFile(keyFile));
}

async function connected(container: Container, port: number, key: Secret): Promise<RemoteClient> {
  const deadline = Date.now() + START_DEADLINE_MS;
  let hasEnded = false;
  container.ended.then(() => {
    hasEnded = true;
  });
  for (;;) {
    try {
      return await RemoteClient.connect({ host: HOST, port, key, name: 'first-run' });
    } catch (error) {
      const mayRetry =
        error instanceof AgentError && error.code === 'CONNECT_FAILED' && Date.now() < deadline;
      if (hasEnded || !mayRetry) {
        throw new Error(container.stderr() || String(error), { cause: error });
      }
      await new Promise((again) => setTimeout(again, 20));
    }
  }
}

async function tell(story: Story, client: RemoteClient, container: Container): Promise<void> {
  const rscId = 'clock';
  const parameters = { state };
  const act = async (action: string) => {
    const { result } = await client.exec({ rscId, action, parameters, timeoutMs: TIMEOUT_MS });
    const { rc, status, exitReason } = await result;
    story.step(action, describe(rc, status, exitReason), rc === 0 && status === 0 ? 'good' : 'plain');
  };
  await client.registerResource({ id: rscId, class: 'ocf', provider: 'demo', type: 'clock' });
  story.step('register', 'resource "clock", agent ocf:demo:clock');
  await act('monitor');
  await act('start');
  const monitor = await client.exec({
    rscId,
    action: 'monitor',
    intervalMs: 1000,
    timeoutMs: TIMEOUT_MS,
    changesOnly: true,
    parameters,
  });
  // Not by `results()`, which tells from now on: the first may have come together with the reply.
  await monitor.result;
  const results = monitor.results();
  story.step('monitor', 'ok, again every second; only changes are told', 'good');
  await killApplication(story, container);
  const failed = (await results.next()).value;
  story.step('monitor', describe(failed?.rc ?? 0, failed?.status ?? 0, failed?.exitReason), 'bad');
  story.step('recover', 'what a cluster does now: stop, start, monitor; the container stays', 'act');
  await act('stop');
  await act('start');
  const again = await client.exec({
    rscId,
    action: 'monitor',
    intervalMs: 1000,
    timeoutMs: TIMEOUT_MS,
    parameters,
  });
  const { rc, status } = await again.result;
  story.step('monitor', describe(rc, status, undefined), 'good');
}

async function killApplication(story: Story, container: Container): Promise<void> {
  const pid = (await readFile(join(state, 'clock.pid'), 'utf8')).trim();
  story.step('kill', `kill -9 ${pid} in the container: the application dies`, 'act');
  const [file = 'sh', ...args] = await container.inside('sh', '-c', `kill -KILL ${pid}`);
  await promisify(execFile)(file, args);
}

function describe(rc: number, status: number, reason: string | undefined): string {
  const words = RESULTS[rc] ?? `rc ${rc}`;
  const how = status === 0 ? '' : `, execution status ${status}`;
  return `${words}${how}${reason === undefined ? '' : `: ${reason}`}`;
}

async function sayHowToConnect(story: Story, port: number, container: Container): Promise<void> {
  const path = (file: string): string => relative(process.cwd(), file);
  const shell = (await container.inside('sh')).join(' ');
  story.text(`
It stays up. In another shell:
  npm run watch${port === 3121 ? '' : ` -- --port ${port}`}            what the daemon tells its controllers
  ${shell}
                           a shell in the container: kill the clock, and watch
Any Pacemaker Remote controller may connect: ${HOST}:${port}, key ${path(keyFile)}
The daemon's log: ${path(join(folder, 'daemon.log'))}
Ctrl-C ends it in order.
`);
}

await main().catch((error: unknown) => {
  process.stderr.write(`\nfirst run: ${messageOf(error)}\n`);
  process.exitCode = 1;
});
