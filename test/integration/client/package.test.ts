// The controller library as other people have it: npm's package, compiled against its types, run with the machine's Node.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { until } from '../../helpers/pid-namespace.ts';
import { HOST, startDaemon } from '../daemon/support.ts';

useAudit();

const run = promisify(execFile);
const CHECKOUT = resolve(import.meta.dirname, '../../..');
const EXAMPLES = join(CHECKOUT, 'examples/controller');
const require = createRequire(import.meta.url);

let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bundlet-client-'));
  await run('npm', ['pack', join(CHECKOUT, 'build/package'), '--pack-destination', folder, '--silent']);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const flags = ['--offline', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder];
  await run('npm', ['install', ...flags, join(folder, tarball)]);
  for (const name of readdirSync(EXAMPLES)) {
    copyFileSync(join(EXAMPLES, name), join(folder, name));
  }
  mkdirSync(join(folder, 'node_modules/@types'), { recursive: true });
  const types = resolve(require.resolve('@types/node/package.json'), '..');
  const options = {
    strict: true,
    module: 'nodenext',
    target: 'es2024',
    lib: ['esnext'],
    noEmit: true,
    allowImportingTsExtensions: true,
    types: [types],
  };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, include: ['*.ts'] }),
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('bundlet/client', () => {
  it('has types that the examples compile against', async () => {
    const tsc = join(require.resolve('typescript/package.json'), '../bin/tsc');
    const { stdout } = await run(process.execPath, [tsc, '--project', folder]).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).toBe('');
  });

  it('runs from there: an example keeps its resource and comes again after the daemon has gone', async () => {
    const start = { env: { OCF_ROOT: ocfRoot() } };
    let daemon = await startDaemon(start);
    const { port } = daemon;
    const keyFile = join(folder, 'authkey');
    copyFileSync(daemon.keyFile, keyFile);
    const example = begin('keep-running.ts', keyFile, port);
    try {
      await until(
        () => example.out().includes('start: 0'),
        () => `a start, got ${example.out()}`,
      );
      await daemon[Symbol.asyncDispose]();
      await until(
        () => example.out().includes('again in '),
        () => `a pause, got ${example.out()}`,
      );
      daemon = await startDaemon({ ...start, port, key: readFileSync(keyFile) });
      await until(
        () => example.out().split('connected to').length > 2,
        () => `another connection, got ${example.out()}`,
      );
      expect(await example.interrupt(), example.out()).toBe(0);
    } finally {
      await example.interrupt();
      await daemon[Symbol.asyncDispose]();
    }
  });

  it('serves the tools of a container', async () => {
    await using daemon = await startDaemon();
    const example = begin('tools.ts', daemon.keyFile, daemon.port);
    try {
      await daemon.logged('session.registered');
      const tool = join(CHECKOUT, 'build/root/usr/lib/bundlet/tools/attrd_updater');
      await run(tool, ['-n', 'colour', '-U', 'red', '-N', 'here'], {
        env: { BUNDLET_TOOLS_SOCKET: join(daemon.scratch, 'tools.sock') },
      });
      expect(example.out()).toContain('asks attrd');
      expect(await example.interrupt(), example.out()).toBe(0);
    } finally {
      await example.interrupt();
    }
  });
});

/** Holds the agent that the example names, without a server and its port: it runs or not by a file. */
function ocfRoot(): string {
  const agents = join(folder, 'ocf/resource.d/bundlet');
  mkdirSync(agents, { recursive: true });
  const state = join(folder, 'runs');
  const script = `#!/bin/sh
case $1 in
start) : >'${state}' ;;
stop) rm -f '${state}' ;;
monitor) [ -e '${state}' ] || exit 7 ;;
*) exit 3 ;;
esac
`;
  writeFileSync(join(agents, 'apache'), script, { mode: 0o755 });
  return join(folder, 'ocf');
}

/** Runs an example. */
function begin(name: string, keyFile: string, port: number) {
  const child = spawn(process.execPath, [join(folder, name), HOST, keyFile, String(port)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  let out = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
  }
  return {
    out: () => out,
    /** Gives its exit status, however often it is asked. */
    interrupt: () => {
      child.kill('SIGINT');
      return ended;
    },
  };
}
