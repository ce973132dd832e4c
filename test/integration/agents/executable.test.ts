// Our agents as programs of their own: what an executor that is not ours sees of them.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agentEnv } from '../../helpers/agent-host.ts';
import { useAudit } from '../../helpers/audit.ts';
import { executableOf } from '../../helpers/our-agents.ts';
import { readProcess, until } from '../../helpers/pid-namespace.ts';

let scratch = '';
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'bundlet-agent-'));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

interface Run {
  readonly rc: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Run>;
}

interface Way {
  readonly agent?: string;
  /** The whole environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly uid?: number;
}

function start(action: string, parameters: Readonly<Record<string, string>> = {}, way: Way = {}): Started {
  const { agent = executableOf('dummy'), args = [], env, ...options } = way;
  const child = spawn(agent, [action, ...args], {
    ...options,
    env: env ?? agentEnv({ state: join(scratch, 'state'), ...parameters }, { HA_RSCTMP: scratch }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => ({ rc: code ?? signal, ...texts }));
  return { child, ended };
}

const run = (...call: Parameters<typeof start>): Promise<Run> => start(...call).ended;

describe('an agent as a program', () => {
  useAudit();

  it('starts, is seen and stops, each twice', async () => {
    const codes: unknown[] = [];
    for (const action of [
      'monitor',
      'stop',
      'start',
      'start',
      'monitor',
      'status',
      'stop',
      'stop',
      'monitor',
    ]) {
      const { rc, stdout, stderr } = await run(action);
      expect([stdout, stderr]).toEqual(['', '']);
      codes.push(rc);
    }
    expect(codes).toEqual([7, 0, 0, 0, 0, 0, 0, 0, 7]);
  });

  it.each([
    ['nothing in the environment but the file', (state: string) => ({ env: { OCF_RESKEY_state: state } })],
    ['an empty PATH and no HOME', (state: string) => ({ env: { ...agentEnv({ state }), PATH: '' } })],
    ['further arguments', () => ({ args: ['--frob', 'x'] })],
    ['/ as the directory', () => ({ cwd: '/' })],
  ])('works with %s', async (_what, way) => {
    expect(await run('start', {}, way(join(scratch, 'state')))).toEqual({ rc: 0, stdout: '', stderr: '' });
    expect(existsSync(join(scratch, 'state'))).toBe(true);
  });

  it('takes values and names of files as they are', async () => {
    const state = join(
      scratch,
      `it's a "state" $(touch ${scratch}/canary) ; x\ny`.replaceAll('/canary', 'canary'),
    );
    mkdirSync(join(state, '..'), { recursive: true });
    expect(await run('start', { state })).toEqual({ rc: 0, stdout: '', stderr: '' });
    expect(existsSync(state)).toBe(true);
  });

  it('gives its metadata to everybody, with nothing installed and nothing set', async () => {
    const { rc, stdout, stderr } = await run('meta-data', {}, { env: {}, uid: 65534, cwd: '/' });
    expect([rc, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^<\?xml[\s\S]*<\/resource-agent>\n$/);
    expect((await run('meta-data', {}, { env: { LANG: 'de_DE.UTF-8', HOME: '/nowhere' } })).stdout).toBe(
      stdout,
    );
  });

  it('tells a missing privilege', async () => {
    chmodSync(scratch, 0o755);
    const { rc, stderr } = await run(
      'start',
      {},
      { uid: 65534, env: { OCF_RESOURCE_INSTANCE: basename(scratch), HA_RSCTMP: join(scratch, 'tmp') } },
    );
    expect(stderr).toMatch(
      /^ocf-exit-reason:Expected to make a directory for the state of bundlet-agent-\w+, got EACCES at /,
    );
    expect(rc).toBe(4);
  });

  it('ends quietly when its reader has gone', async () => {
    const { child, ended } = start('meta-data');
    child.stdout?.destroy();
    child.stderr?.destroy();
    expect((await ended).rc).toBe(0);
  });

  it('tells an exception in one line, and no stack trace', async () => {
    expect(await run('start', { trouble: 'start: crash reason=out of luck' })).toEqual({
      rc: 1,
      stdout: '',
      stderr: 'ocf-exit-reason:dummy: out of luck\n',
    });
  });

  it('tells a failure that nobody waited for likewise', async () => {
    expect(await run('start', { trouble: 'start: stray reason=lost' })).toEqual({
      rc: 1,
      stdout: '',
      stderr: 'ocf-exit-reason:dummy: lost\n',
    });
  });

  it.each(['hang', 'stubborn'])('ends by itself inside its time: %s', async (effect) => {
    const env = agentEnv(
      { state: join(scratch, 'state'), trouble: `monitor: ${effect}` },
      { OCF_RESKEY_CRM_meta_timeout: '400' },
    );
    const { rc, stderr } = await run('monitor', {}, { env });
    expect([rc, stderr]).toEqual([
      1,
      'ocf-exit-reason:Expected monitor to be done within 400 ms, got no end of it\n',
    ]);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('ends at %s, with a reason', async (signal) => {
    const envfile = join(scratch, 'env');
    const { child, ended } = start('monitor', { trouble: 'monitor: stubborn', envfile });
    await until(() => existsSync(envfile), 'the action has begun');
    child.kill(signal);
    expect(await ended).toEqual({
      rc: 1,
      stdout: '',
      stderr: `ocf-exit-reason:Expected to get to an end, got ${signal}\n`,
    });
  });

  it('writes its log to HA_LOGFILE, too, in order and to the last line', async () => {
    const file = join(scratch, 'log');
    const env = agentEnv(
      { trouble: 'start: noise=20 fail=5 reason=nothing here' },
      { HA_LOGFILE: file, HA_RSCTMP: scratch },
    );
    const { rc, stderr } = await run('start', {}, { env });
    expect(rc).toBe(5);
    expect(stderr.split('\n').length).toBe(22);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines.map((line) => line.replace(/^\S+Z dummy\(thing\)\[\d+\]: /, ''))).toEqual([
      ...Array.from({ length: 20 }, (_, index) => `INFO: noise ${index + 1} of 20`),
      'ERROR: nothing here',
    ]);
  });

  it('hides the value of a private parameter', async () => {
    const { stderr } = await run('start', {
      passwd: 'hunter2!',
      trouble: 'start: crash reason=hunter2! is wrong',
    });
    expect(stderr).toBe('ocf-exit-reason:dummy: (private) is wrong\n');
  });

  it('counts calls for a failure that comes the second time only', async () => {
    const parameters = { trouble: 'monitor: fail=1 only=2 reason=once' };
    await run('start', parameters);
    const codes = [];
    for (let call = 0; call < 4; call += 1) {
      codes.push((await run('monitor', parameters)).rc);
    }
    expect(codes).toEqual([0, 1, 0, 0]);
  });
});

describe('a program of an agent', () => {
  useAudit();
  const folder = (): string => join(scratch, 'bin');

  /** Puts a shell script in the place of the cluster's tool that `stateful` runs. */
  function tool(script: string): void {
    mkdirSync(folder());
    writeFileSync(join(folder(), 'crm_attribute'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  const way = (more: Readonly<Record<string, string>> = {}): Way => ({
    agent: executableOf('stateful'),
    env: agentEnv(
      { state: join(scratch, 'state') },
      { HA_SBIN_DIR: folder(), PATH: '/usr/bin:/bin', ...more },
    ),
  });

  it('gets its arguments, and what it says is read', async () => {
    tool(`echo "$@" >>'${scratch}/calls'`);
    for (const action of ['start', 'promote', 'demote', 'stop']) {
      expect(await run(action, {}, way())).toEqual({ rc: 0, stdout: '', stderr: '' });
    }
    expect(readFileSync(join(scratch, 'calls'), 'utf8').trim().split('\n')).toEqual([
      '--promotion -v 5',
      '--promotion -v 10',
      '--promotion -v 5',
      '--promotion -D',
    ]);
  });

  it('that fails is told of', async () => {
    tool('echo "ocf-exit-reason:no cluster" >&2; exit 102');
    expect(await run('start', {}, way())).toEqual({
      rc: 0,
      stdout: '',
      stderr:
        'WARNING: Expected crm_attribute to set the promotion score, got status 102: no cluster; going on without\n',
    });
  });

  it('that leaves a process with its streams behind does not hold the action', async () => {
    tool(`setsid sleep 60 & echo $! >'${scratch}/pid'`);
    expect((await run('start', {}, way())).rc).toBe(0);
    process.kill(Number(readFileSync(join(scratch, 'pid'), 'utf8')), 'SIGKILL');
  });

  it('that hangs goes with the action, and so do its own', async () => {
    tool(`sleep 60 & echo $! >'${scratch}/pid'; wait`);
    const begun = Date.now();
    const { rc, stderr } = await run('start', {}, way({ OCF_RESKEY_CRM_meta_timeout: '2000' }));
    expect(Date.now() - begun).toBeLessThan(15_000);
    expect([rc, stderr]).toEqual([
      0,
      'WARNING: Expected crm_attribute to set the promotion score, got SIGKILL: ; going on without\n',
    ]);
    const left = Number(readFileSync(join(scratch, 'pid'), 'utf8'));
    await until(() => [undefined, 'Z'].includes(readProcess(left)?.state), 'its child has gone, too');
  });

  it('is in the process group of the agent, where the executor finds it', async () => {
    tool(`sleep 60 & echo $! >'${scratch}/pid'; wait`);
    const { child, ended } = start('start', {}, way());
    await until(
      () => existsSync(join(scratch, 'pid')) && readFileSync(join(scratch, 'pid'), 'utf8') !== '',
      'it runs',
    );
    const left = Number(readFileSync(join(scratch, 'pid'), 'utf8'));
    child.kill('SIGTERM');
    expect((await ended).rc).toBe(1);
    await until(() => [undefined, 'Z'].includes(readProcess(left)?.state), 'it has gone with the agent');
  });
});

describe('the file of an agent', () => {
  it('may be called by a link of the same depth', async () => {
    const folder = join(executableOf('dummy'), '../../linked');
    mkdirSync(folder, { recursive: true });
    try {
      symlinkSync('../bundlet/dummy', join(folder, 'other'));
      expect((await run('monitor', {}, { agent: join(folder, 'other') })).rc).toBe(7);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
