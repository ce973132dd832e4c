import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Exit } from '../../../src/process/runner.ts';
import { LsbRunner } from '../../../src/standards/lsb.ts';
import { action, FakeRunner, resultOf } from './kit.ts';

let directory: string;
let runner: FakeRunner;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bundlet-lsb-'));
  writeFileSync(join(directory, 'web'), '');
  mkdirSync(join(directory, 'folder'));
  runner = new FakeRunner();
});

afterEach(() => rmSync(directory, { recursive: true }));

const run = (name: string, type = 'web', parameters = new Map<string, string>()) =>
  resultOf(
    new LsbRunner(() => Promise.resolve(runner), { baseEnv: { PATH: '/bin' }, directory }),
    action({ rsc: { id: 'r1', class: 'lsb', type }, name, parameters }),
  );

describe('an init script', () => {
  it('gets the action and nothing of OCF', async () => {
    await run('start', 'web', new Map([['config', '/a']]));
    expect(runner.commands).toEqual([
      {
        path: join(directory, 'web'),
        args: ['start'],
        env: { PATH: '/bin' },
        timeoutMs: 20_000,
        purpose: '{"rsc":"r1","op":"start","intervalMs":0}',
        killScope: 'group',
      },
    ]);
  });

  it.each([
    ['monitor', 'status'],
    ['Monitor', 'status'],
    ['status', 'status'],
    ['STATUS', 'status'],
    ['force-reload', 'force-reload'],
    ['Restart', 'Restart'],
  ])('%s is executed as %s', async (name, word) => {
    await run(name);
    expect(runner.commands[0]?.args).toEqual([word]);
  });

  it('may be named by its path', async () => {
    await run('start', join(directory, 'web'));
    expect(runner.commands[0]?.path).toBe(join(directory, 'web'));
  });

  it('spares its children at a timeout with on-fail=block', async () => {
    await run('start', 'web', new Map([['CRM_meta_on_fail', 'block']]));
    expect(runner.commands[0]?.killScope).toBe('process');
  });
});

// [protocol 5.12, LSB result mapping], and what the C daemon 2.1.5 gives for each.
const STATUS_RC = new Map([
  [0, 0],
  [1, 7],
  [2, 7],
  [3, 7],
  [150, 5],
  [151, 4],
]);

describe('the exit status', () => {
  const codes = Array.from({ length: 256 }, (_none, code) => code);

  it.each(codes)('%i of status is mapped', async (code) => {
    runner.exit = { kind: 'exited', code };
    expect(await run('monitor')).toEqual({ rc: STATUS_RC.get(code) ?? 1, status: 0, rawRc: code });
  });

  it.each(codes)('%i of start is mapped', async (code) => {
    runner.exit = { kind: 'exited', code };
    expect(await run('start')).toEqual({ rc: code <= 7 ? code : 1, status: 0, rawRc: code });
  });

  it('comes with what the script took, if that was measured', async () => {
    runner.usage = { cpuMs: 3, maxRssKb: 900 };
    expect(await run('start')).toEqual({ rc: 0, status: 0, rawRc: 0, usage: runner.usage });
  });

  it('comes with the output, and no word of the script counts as a reason', async () => {
    runner.exit = { kind: 'exited', code: 6 };
    runner.output = { stdout: 'out', stderr: 'ocf-exit-reason:because\n' };
    expect(await run('start')).toEqual({
      rc: 6,
      status: 0,
      rawRc: 6,
      output: 'ocf-exit-reason:because\n',
    });
  });
});

describe('a failure', () => {
  const unable = 'Child process was unable to execute file';

  it.each<[string, Exit, number, number, string]>([
    [
      'by a signal',
      { kind: 'signalled', signal: 'SIGKILL' },
      1,
      4,
      'Resource agent interrupted by Killed signal',
    ],
    ['by a timeout', { kind: 'timed-out' }, 1, 2, 'Resource agent did not complete within 20s'],
    ['for want of permission', { kind: 'not-started', errno: 'EACCES' }, 4, 0, unable],
    ['for want of an interpreter', { kind: 'not-started', errno: 'ENOENT' }, 5, 0, unable],
    ['for a wrong format', { kind: 'not-started', errno: 'ENOEXEC' }, 5, 0, unable],
  ])('%s is the same for status and start', async (_what, exit, rc, status, exitReason) => {
    runner.exit = exit;
    for (const name of ['monitor', 'start']) {
      expect(await run(name)).toMatchObject({ rc, status, exitReason });
    }
  });

  it.each([
    ['a script that is not there', 'missing', 5, 7, 'missing: No such file or directory'],
    ['a path below a file', 'web/x', 5, 7, 'web/x: Not a directory'],
    ['a name that is too long', 'x'.repeat(300), 1, 4, undefined],
  ])('%s is told by its path', async (_what, type, rc, status, tail) => {
    for (const name of ['monitor', 'start']) {
      const result = await run(name, type);
      expect(result).toMatchObject({ rc, status });
      expect(result.exitReason).toBe(
        tail === undefined ? 'File name too long' : `${join(directory, '/')}${tail}`,
      );
    }
  });

  it('a directory is there but can not be executed', async () => {
    expect(await run('start', 'folder')).toMatchObject({ rc: 4, status: 0, exitReason: unable });
  });
});
