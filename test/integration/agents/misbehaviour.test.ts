import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { until } from '../../helpers/pid-namespace.ts';
import { type LogLine, type RunningDaemon, zombies } from '../daemon/support.ts';
import { type AgentStage, openAgentStage, WAYS } from './call-agent.ts';

const TREE = resolve(import.meta.dirname, '../../../build/root');

/** Copies of an installation whose agents a test changes. */
const copies: string[] = [];
afterAll(() => {
  for (const copy of copies) {
    rmSync(copy, { recursive: true });
  }
});

/** An installation of its own: only Node, which is large, is shared. */
function copyInstallation(): { readonly program: string; readonly lib: string; readonly ocfRoot: string } {
  const root = mkdtempSync(join(tmpdir(), 'bundlet-tree-'));
  copies.push(root);
  const lib = join(root, 'usr/lib/bundlet');
  cpSync(TREE, root, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('/node') });
  symlinkSync(join(TREE, 'usr/lib/bundlet/node'), join(lib, 'node'));
  return { program: join(root, 'usr/sbin/pcmk-init'), lib, ocfRoot: join(root, 'usr/lib/ocf') };
}

const told = (daemon: RunningDaemon, event: string): LogLine[] =>
  daemon.log().filter((line) => line.event === event);

/** The daemon is the one that was there, and works. */
async function expectAlive({ daemon, call }: AgentStage, pid: number): Promise<void> {
  expect(daemon.daemonPid()).toBe(pid);
  expect(await call('stateful', 'monitor', { state: `${daemon.scratch}/none` })).toMatchObject({ rc: 7 });
  expect(zombies(daemon)).toEqual([]);
}

describe.each(WAYS)('an agent that misbehaves, %s', (way) => {
  it.each([
    ['throws', 'monitor: crash reason=gone wrong', 1, 'dummy: gone wrong'],
    ['fails', 'monitor: fail=6 reason=Expected x, got y', 6, 'Expected x, got y'],
    ['fails where nobody waits for it', 'monitor: stray reason=gone astray', 1, 'dummy: gone astray'],
    ['is degraded', 'monitor: degrade', 190, ''],
  ])('%s', async (_what, trouble, rc, reason) => {
    await using stage = await openAgentStage(way, { isDistrustExpected: true });
    const state = `${stage.scratch}/state`;
    await stage.call('dummy', 'start', { state });
    expect(await stage.call('dummy', 'monitor', { state, trouble })).toMatchObject({ rc, reason });
    expect(await stage.call('dummy', 'monitor', { state })).toMatchObject({ rc: 0 });
  });

  it('hangs, and ends inside its own time with a reason', async () => {
    await using stage = await openAgentStage(way, { isDistrustExpected: true });
    const trouble = 'monitor: hang';
    const result = await stage.call('dummy', 'monitor', { trouble }, { timeoutMs: 1500 });
    expect(result.rc).toBe(1);
    // The daemon's time for a process runs while Node starts: then on a busy machine the executor is first.
    if (way !== 'program' || !result.isTimedOut) {
      expect(result).toMatchObject({
        reason: 'Expected monitor to be done within 1500 ms, got no end of it',
        isTimedOut: false,
      });
    }
  });

  it('writes more than is kept', async () => {
    await using stage = await openAgentStage(way);
    const trouble = 'monitor: noise=100000';
    const { rc, stderr } = await stage.call('dummy', 'monitor', { trouble });
    expect(rc).toBe(7);
    expect(stderr).toMatch(/^INFO: noise 1 of 100000\n/);
    expect(stderr.endsWith('INFO: noise 100000 of 100000\n')).toBe(true);
    expect(stderr.includes('bytes left out')).toBe(way !== 'executable');
  });
});

describe('inside the daemon', () => {
  it('what nobody catches fails that run alone, and the agent is a process from then on', async () => {
    await using stage = await openAgentStage('in-process', { isDistrustExpected: true });
    const pid = stage.daemon.daemonPid();
    await stage.call('dummy', 'monitor', { trouble: 'monitor: stray reason=gone astray' });
    expect(await stage.daemon.logged('agent.faulted')).toMatchObject([
      { level: 'error', agent: 'dummy', action: 'monitor', instance: 'test', reason: 'gone astray' },
    ]);
    // A process has the processor time of one.
    await stage.call('dummy', 'monitor');
    await stage.daemon.logged('op.finished', 2);
    expect(told(stage.daemon, 'op.finished').map((line) => typeof line['cpuMs'])).toEqual([
      'undefined',
      'number',
    ]);
    await expectAlive(stage, pid);
  });

  it('one that takes no notice of its end is left behind, and is a process from then on', async () => {
    await using stage = await openAgentStage('in-process', { isDistrustExpected: true });
    const pid = stage.daemon.daemonPid();
    const trouble = 'monitor: stubborn';
    const { ms, rc } = await stage.call('dummy', 'monitor', { trouble }, { timeoutMs: 1000 });
    expect(rc).toBe(1);
    expect(ms).toBeGreaterThan(1000); // its time, and the grace
    expect(await stage.daemon.logged('agent.abandoned')).toMatchObject([{ agent: 'dummy' }]);
    expect(await stage.call('dummy', 'monitor')).toMatchObject({ rc: 7 });
    await expectAlive(stage, pid);
  });

  it('one that is cancelled ends, and another run begins only then', async () => {
    await using stage = await openAgentStage('in-process');
    await stage.call('dummy', 'monitor');
    await using client = await stage.daemon.connect();
    const parameters = { trouble: 'monitor: hang' };
    const monitor = await client.exec({ rscId: 'test', action: 'monitor', intervalMs: 60_000, parameters });
    await stage.daemon.logged('op.finished');
    expect(await client.cancel({ rscId: 'test', action: 'monitor', intervalMs: 60_000 })).toBe(true);
    expect(await monitor.result).toMatchObject({ rc: 0, status: 1 });
    expect(await stage.call('dummy', 'monitor')).toMatchObject({ rc: 7 });
  });

  it('a fault of the daemon ends it all the same', async () => {
    const { program, lib, ocfRoot } = copyInstallation();
    // As if an agent's code had reached into the daemon: the timer was set by nobody's run.
    const module = join(lib, 'agents/dummy.cjs');
    writeFileSync(
      module,
      `${readFileSync(module, 'utf8')};setTimeout(()=>{throw new Error('of nobody')},50)`,
    );
    await using stage = await openAgentStage('in-process', { program, env: { OCF_ROOT: ocfRoot } });
    const pid = stage.daemon.daemonPid();
    await stage.call('dummy', 'monitor');
    await until(() => ![0, pid].includes(stage.daemon.daemonPid()), 'another daemon');
    expect(stage.daemon.namespace.stderr()).toContain('of nobody');
    expect(told(stage.daemon, 'agent.faulted')).toEqual([]);
  });

  it('a module that is damaged is told of, and the agent a process', async () => {
    const { program, lib, ocfRoot } = copyInstallation();
    writeFileSync(join(lib, 'agent-engine.cjs'), 'this is no JavaScript');
    await using stage = await openAgentStage('in-process', {
      program,
      env: { OCF_ROOT: ocfRoot },
      isDistrustExpected: true,
    });
    expect(await stage.call('dummy', 'monitor')).toMatchObject({ rc: 7 });
    expect(await stage.daemon.logged('agent.not-loaded')).toMatchObject([{ agent: 'dummy' }]);
  });

  it('a file that somebody changed is run as it is', async () => {
    const { program, ocfRoot } = copyInstallation();
    await using stage = await openAgentStage('in-process', {
      program,
      env: { OCF_ROOT: ocfRoot },
      isDistrustExpected: true,
    });
    const file = join(ocfRoot, 'resource.d/bundlet/dummy');
    expect(await stage.call('dummy', 'monitor')).toMatchObject({ rc: 7 });
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, '#!/bin/sh\nexit 5\n');
    expect(await stage.call('dummy', 'monitor')).toMatchObject({ rc: 5 });
    writeFileSync(file, text);
    expect(await stage.call('dummy', 'monitor')).toMatchObject({ rc: 7 });
    expect(told(stage.daemon, 'agent.loaded')).toHaveLength(1);
  });

  it.each([
    [{ BUNDLET_IN_PROCESS: 'no' }, []],
    [{ BUNDLET_IN_PROCESS_EXCEPT: 'dummy' }, ['stateful']],
    [{ BUNDLET_IN_PROCESS_EXCEPT: 'ocf:bundlet:stateful, nonsense' }, ['dummy']],
  ])('%j: it runs %j', async (env, expected) => {
    await using stage = await openAgentStage('in-process', { env, isDistrustExpected: true });
    for (const agent of ['dummy', 'stateful']) {
      expect(await stage.call(agent, 'monitor')).toMatchObject({ rc: 7 });
    }
    await stage.daemon.logged('op.finished', 2);
    expect(told(stage.daemon, 'agent.loaded').map((line) => line['agent'])).toEqual(expected);
    const notes = told(stage.daemon, 'daemon.note').map((line) => line['problem']);
    expect(notes).toEqual(
      Object.values(env).some((value) => value.includes('nonsense'))
        ? [
            expect.stringMatching(
              /^Expected names among .*bundlet:dummy.*, got "nonsense"; it has no effect$/,
            ),
          ]
        : [],
    );
  });

  it('is not entered before the first action of one of ours, and what runs ends with the daemon', async () => {
    await using stage = await openAgentStage('in-process');
    await stage.call('dummy', 'monitor');
    await using client = await stage.daemon.connect();
    await client.exec({ rscId: 'test', action: 'start', parameters: { trouble: 'start: hang' } });
    stage.daemon.namespace.signal('SIGTERM');
    expect((await stage.daemon.namespace.ended).status).toBe(0);
  });
});
