import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { RemoteClient, Secret } from '../src/client/index.ts';

const AGENT = '#!/bin/sh\nexit 0\n';

/** What is run, and where the code of it goes. */
export interface Warming {
  readonly daemon: string;
  /** The command `bundlet`. */
  readonly cli: string;
  /** Files of our agents that can be executed. */
  readonly agents: readonly string[];
  readonly cache: string;
}

/**
 * Runs the built daemon once, lets it do a little of everything, and so leaves V8's code of all that in `cache`:
 * it saves a container 30 ms at each start. The same for each agent as a program, of which code is kept apart, since the
 * daemon's Node has other options. Made where the image is made, read-only where it runs.
 */
export async function warmCompileCache({ daemon, cli, agents, cache }: Warming): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'bundlet-build-'));
  try {
    await mkdir(cache, { recursive: true });
    await exercise(daemon, cache, scratch);
    // Its help needs every command; what asks a daemon is loaded to find none.
    await promisify(execFile)(cli, ['--help']);
    await promisify(execFile)(cli, ['status', '--socket', join(scratch, 'none')]).catch(() => undefined);
    for (const agent of agents) {
      // Looks at nothing of this machine.
      await promisify(execFile)(agent, ['meta-data']);
    }
    // Node makes them for their owner only; a container may run as somebody else.
    for (const file of await readdir(cache, { recursive: true, withFileTypes: true })) {
      await chmod(join(file.parentPath, file.name), file.isDirectory() ? 0o755 : 0o644);
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function exercise(daemon: string, cache: string, scratch: string): Promise<void> {
  const key = randomBytes(64);
  const keyFile = join(scratch, 'authkey');
  const agentFolder = join(scratch, 'ocf/resource.d/build');
  await writeFile(keyFile, key, { mode: 0o600 });
  await mkdir(agentFolder, { recursive: true });
  await writeFile(join(agentFolder, 'true'), AGENT);
  await chmod(join(agentFolder, 'true'), 0o755);
  const port = 20_000 + Math.floor(Math.random() * 10_000);
  const child = spawn(daemon, ['--port', String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: cache,
      NODE_COMPILE_CACHE_PORTABLE: '1',
      PCMK_authkey_location: keyFile,
      PCMK_remote_address: '127.0.0.1',
      OCF_ROOT: join(scratch, 'ocf'),
      // The usual place may be another daemon's of this machine,
      BUNDLET_TOOLS_SOCKET: join(scratch, 'tools.sock'),
      // and the machine a cluster node, whose names these are.
      BUNDLET_IPC: 'no',
    },
  });
  const exited = once(child, 'exit');
  for await (const line of createInterface(child.stdout)) {
    if (line.includes('daemon.listening')) {
      await runOneOperation(port, new Secret(key));
      child.kill('SIGTERM');
    }
  }
  const [code] = await exited;
  if (code !== 0) {
    throw new Error(`the built daemon ended with status ${code} on its first run`);
  }
}

async function runOneOperation(port: number, key: Secret): Promise<void> {
  await using client = await RemoteClient.connect({ host: '127.0.0.1', port, key });
  await client.registerResource({ id: 'build', class: 'ocf', provider: 'build', type: 'true' });
  const { result } = await client.exec({ rscId: 'build', action: 'monitor', timeoutMs: 10_000 });
  const { rc, status } = await result;
  if (rc !== 0 || status !== 0) {
    throw new Error(`the built daemon ran an agent that succeeds and got rc ${rc}, status ${status}`);
  }
}
