// `npm start`: solo mode on this machine. Shows what Bundlet is for: an application dies, a real health check notices, and it
// is restarted inside its container, without a cluster.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, relative, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { connectControl } from '../../src/control/ask/connect.ts';
import type { ControlClient } from '../../src/control/ask/control-client.ts';
import { AgentError, messageOf } from '../../src/errors/agent-error.ts';
import { type Container, startContainer } from './container.ts';
import { Story } from './story.ts';

const HOST = '127.0.0.1';
const START_DEADLINE_MS = 15_000;

const checkout = resolve(import.meta.dirname, '../..');
const folder = join(checkout, 'build/first-run');
const keyFile = join(folder, 'authkey');
const state = join(folder, 'state');
const definition = join(folder, 'solo.xml');
const socket = join(folder, 'control/control.sock');

/** What is kept running: a clock that writes the time into a file, every second. */
const DEFINITION = `<primitive id="clock" class="ocf" provider="demo" type="clock">
  <instance_attributes id="clock-params">
    <nvpair id="clock-state" name="state" value="${state}"/>
  </instance_attributes>
  <operations>
    <op id="clock-start" name="start" interval="0" timeout="10s"/>
    <op id="clock-monitor" name="monitor" interval="1s" timeout="10s"/>
    <op id="clock-stop" name="stop" interval="0" timeout="10s"/>
  </operations>
</primitive>
`;

const USAGE = `Usage: npm start [-- OPTION...]

Keeps a small application running in solo mode, in a container of its own: shows how it is started, dies, and is restarted, and stays up
until Ctrl-C for you to kill it.

  --port PORT   TCP port on which a cluster could connect (3121)
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
  await prepare();
  const container = await startContainer(
    join(checkout, 'build/pcmk-init'),
    ['--port', String(options.port)],
    {
      ...process.env,
      PCMK_authkey_location: keyFile,
      PCMK_remote_address: HOST,
      PCMK_logfile: join(folder, 'daemon.log'),
      OCF_ROOT: join(import.meta.dirname, 'ocf'),
      BUNDLET_SOLO: definition,
      BUNDLET_CONTROL_SOCKET: socket,
      // The names of local services and the socket of small tools may be another daemon's of this machine.
      BUNDLET_IPC: 'no',
      BUNDLET_TOOLS_SOCKET: 'none',
    },
  );
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => interrupted.abort());
  }
  try {
    const client = await connected(container);
    story.step('daemon', `listens on ${HOST}:${options.port}, ${container.what}`);
    await Promise.race([
      tell(story, client, container, { ...options, signal: interrupted.signal }),
      container.ended.then(complain(container, interrupted.signal)),
    ]);
    client.close();
  } finally {
    await container.signal('SIGTERM');
    story.step('end', `pcmk-init ended with status ${await container.ended}`);
  }
}

/** A container that ends by itself has something to say. */
function complain(container: Container, wanted: AbortSignal): (status: number) => void {
  return (status) => {
    if (!wanted.aborted) {
      throw new Error(`The container ended by itself with status ${status}. ${container.stderr()}`);
    }
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
async function prepare(): Promise<void> {
  await mkdir(folder, { recursive: true });
  await rm(state, { recursive: true, force: true });
  await writeFile(definition, DEFINITION);
  if (!existsSync(keyFile)) {
    await writeFile(keyFile, randomBytes(4096), { mode: 0o600 });
  }
}

async function connected(container: Container): Promise<ControlClient> {
  const deadline = Date.now() + START_DEADLINE_MS;
  let hasEnded = false;
  container.ended.then(() => {
    hasEnded = true;
  });
  for (;;) {
    try {
      return await connectControl({ kind: 'local', socket }, AbortSignal.timeout(1000));
    } catch (error) {
      const mayRetry = error instanceof AgentError && Date.now() < deadline;
      if (hasEnded || !mayRetry) {
        throw new Error(container.stderr() || String(error), { cause: error });
      }
      await new Promise((again) => setTimeout(again, 20));
    }
  }
}

/** What the daemon tells, from its beginning. */
async function tell(
  story: Story,
  client: ControlClient,
  container: Container,
  { port, once, signal }: { readonly port: number; readonly once: boolean; readonly signal: AbortSignal },
): Promise<void> {
  let timesUp = 0;
  for await (const { name, fields } of client.watch({ backlog: 100, level: 'info', follow: true }, signal)) {
    const facts = JSON.parse(fields) as Readonly<Record<string, unknown>>;
    if (name === 'solo.begun') {
      story.step('solo', 'keeps the resource clock running: agent ocf:demo:clock, a monitor every second');
    } else if (name === 'op.finished') {
      tellOperation(story, facts);
    } else if (name === 'solo.failed') {
      story.step('recover', 'stop and start it; the container stays', 'act');
    } else if (name === 'solo.state' && facts['state'] === 'running') {
      timesUp += 1;
      if (timesUp === 1) {
        await killApplication(story, container);
      } else if (once) {
        return;
      } else {
        await sayWhatToDo(story, port, container);
      }
    }
  }
}

function tellOperation(story: Story, { op, rc, reason }: Readonly<Record<string, unknown>>): void {
  const words = rc === 0 ? 'ok' : rc === 7 ? 'not running' : `result ${String(rc)}`;
  const why = reason === undefined ? '' : `: ${String(reason)}`;
  story.step(String(op), `${words}${why}`, rc === 0 ? 'good' : reason === undefined ? 'plain' : 'bad');
}

/** Of the clock, as it is called in the container. */
const clockPid = async (): Promise<string> => (await readFile(join(state, 'clock.pid'), 'utf8')).trim();

async function killApplication(story: Story, container: Container): Promise<void> {
  const pid = await clockPid();
  story.step('kill', `kill -9 ${pid} in the container: the application dies`, 'act');
  const [file = 'sh', ...args] = await container.inside('sh', '-c', `kill -KILL ${pid}`);
  await promisify(execFile)(file, args);
}

async function sayWhatToDo(story: Story, port: number, container: Container): Promise<void> {
  const path = (file: string): string => relative(process.cwd(), file);
  const kill = (await container.inside('kill', '-9', await clockPid())).join(' ');
  const ask = `BUNDLET_CONTROL_SOCKET=${path(socket)} ${path(join(checkout, 'build/bundlet'))}`;
  story.text(`
It stays up. In another shell, kill the application again:
  ${kill}
or ask the daemon:
  ${ask} status
  ${ask} explain clock
  ${ask} watch
A cluster may take over: ${HOST}:${port}, key ${path(keyFile)}. The daemon's log: ${path(join(folder, 'daemon.log'))}
Ctrl-C ends it in order.
`);
}

await main().catch((error: unknown) => {
  process.stderr.write(`\nfirst run: ${messageOf(error)}\n`);
  process.exitCode = 1;
});
