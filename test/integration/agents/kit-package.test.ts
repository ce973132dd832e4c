// Other people's agents: the example agent, made into a program with the kit as npm's package and with the image's file,
// runs a real memcached.
import { execFile } from 'node:child_process';
import {
  chmodSync,
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
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { whyWithout } from '../../helpers/needs.ts';
import { titled } from '../../helpers/systemd.ts';
import { inNamespaces, ocfTester, praise } from './in-namespaces.ts';
import type { TesterRow } from './ocf-tester-row.ts';

const why = whyWithout('memcached', 'ocf-tester', 'xmllint');

const CHECKOUT = resolve(import.meta.dirname, '../../..');
const LIB = join(CHECKOUT, 'build/root/usr/lib/bundlet');
const EXAMPLE = join(CHECKOUT, 'examples/agent/memcached.ts');
const SHEBANG = `#!${join(LIB, 'node')}\n`;

const TSC = join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc');

const run = promisify(execFile);

let scratch = '';
let tarball = '';

/** As in docs/agents.md: npm's package, compiled. */
async function makeFromPackage(): Promise<string> {
  const folder = join(scratch, 'app');
  mkdirSync(folder);
  await run('npm', ['pack', join(CHECKOUT, 'build/package'), '--pack-destination', scratch, '--silent']);
  tarball = join(scratch, readdirSync(scratch).find((name) => name.endsWith('.tgz')) ?? '');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  await run('npm', [
    'install',
    '--offline',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--prefix',
    folder,
    tarball,
  ]);
  copyFileSync(EXAMPLE, join(folder, 'memcached.ts'));
  const options = {
    strict: true,
    module: 'nodenext',
    target: 'es2024',
    types: ['node'],
    typeRoots: [join(CHECKOUT, 'node_modules/@types')],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options }));
  await run(process.execPath, [TSC, '--project', folder]).catch((error: { stdout: string }) => {
    throw new Error(error.stdout);
  });
  writeFileSync(join(folder, 'memcached'), SHEBANG + readFileSync(join(folder, 'memcached.js'), 'utf8'), {
    mode: 0o755,
  });
  return join(folder, 'memcached');
}

/** As in docs/agents.md: one file beside the image's kit. */
async function makeForImage(): Promise<string> {
  const agent = join(scratch, 'image/memcached');
  const kit = join(LIB, 'agent-kit.mjs');
  await build({
    entryPoints: [EXAMPLE],
    outfile: agent,
    bundle: true,
    platform: 'node',
    format: 'esm',
    alias: { 'bundlet/agent-kit': kit },
    external: [kit],
    banner: { js: SHEBANG.trim() },
  });
  chmodSync(agent, 0o755);
  return agent;
}

const agents: Record<string, string> = {};

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'bundlet-kit-'));
  chmodSync(scratch, 0o755);
  agents['package'] = await makeFromPackage();
  agents['image'] = await makeForImage();
}, 120_000);

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const ROW: TesterRow = {
  parameters: { port: '11300' },
  optional: [
    'the notify action',
    'the demote action',
    'the promote action',
    'promotable clones',
    'the reload action',
  ],
};

const ENV = { OCF_RESOURCE_INSTANCE: 'cache', OCF_RESKEY_port: '11300', OCF_RESKEY_CRM_meta_timeout: '6000' };

/** What it prints: each action with its status, and reasons. */
async function play(agent: string, lines: readonly string[]): Promise<string[]> {
  const actions = lines.map((line) => line.replace(/^(start|stop|monitor)$/, 'act $1'));
  const script = [
    'act() { "$AGENT" "$1" 2>&1; echo "$1 $?"; }',
    'pid() { cat /run/bundlet/agents/memcached/cache/pid; }',
    ...actions,
  ].join('\n');
  const { stdout } = await inNamespaces({ script, env: { ...ENV, AGENT: agent } });
  return stdout.trim().split('\n');
}

describe('the package', () => {
  it('depends on nothing', () => {
    expect(readdirSync(join(scratch, 'app/node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
      'bundlet',
    ]);
  });
});

describe.skipIf(why !== undefined).each(['package', 'image'])(
  titled('the example agent, made with the kit of the %s', why),
  (way) => {
    useAudit();
    const agent = (): string => agents[way] ?? '';

    it('passes ocf-tester without a warning', { timeout: 120_000 }, async () => {
      const { status, stdout, stderr } = await ocfTester(agent(), ROW);
      expect(stdout.trim().split('\n')).toEqual(praise(agent(), ROW));
      expect([status, stderr]).toEqual([0, '']);
    });

    it('sees a server that was killed, and starts another', async () => {
      expect(
        await play(agent(), [
          'start',
          'kill -KILL $(pid); sleep 0.2',
          'monitor',
          'start',
          'monitor',
          'stop',
          'monitor',
        ]),
      ).toEqual(['start 0', 'monitor 7', 'start 0', 'monitor 0', 'stop 0', 'monitor 7']);
    });

    it('sees a server that hangs, and ends it', async () => {
      expect(await play(agent(), ['start', 'kill -STOP $(pid)', 'monitor', 'stop'])).toEqual([
        'start 0',
        'ocf-exit-reason:Expected memcached to answer at 127.0.0.1:11300 within 2 s, got nothing: it hangs',
        'monitor 1',
        'stop 0',
      ]);
    });

    it('tells what is missing', async () => {
      expect(await play(agent(), ['mount -t tmpfs none /usr/bin', 'start'])).toEqual([
        'ocf-exit-reason:Expected the program memcached, got none: install it',
        'start 5',
      ]);
    });
  },
);
