import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Action } from '../../../src/standards/action.ts';
import { OcfRunner } from '../../../src/standards/ocf.ts';
import type { ActionResult } from '../../../src/standards/result.ts';
import { StandardsRunner } from '../../../src/standards/runner.ts';
import { SecretStore } from '../../../src/standards/secrets.ts';
import { StonithRunner } from '../../../src/standards/stonith.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { action, FakeRunner, resultOf } from './kit.ts';

let root: string;
let runner: FakeRunner;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bundlet-standards-'));
  mkdirSync(join(root, 'resource.d/test/folder'), { recursive: true });
  writeFileSync(join(root, 'resource.d/test/Fake'), '');
  chmodSync(join(root, 'resource.d/test/Fake'), 0o755);
  runner = new FakeRunner();
});

afterEach(() => rmSync(root, { recursive: true }));

const makeOcf = (): OcfRunner =>
  new OcfRunner(() => Promise.resolve(runner), {
    root,
    baseEnv: { PATH: '/bin', OCF_ROOT: 'other' },
    secrets: new SecretStore({ clock: new FakeClock(), directory: join(root, 'secrets') }),
  });

const run = (given: Action): Promise<ActionResult> =>
  resultOf(new StandardsRunner({ ocf: makeOcf(), stonith: new StonithRunner() }), given);

describe('an OCF action', () => {
  it('runs the agent with the environment of the standard', async () => {
    const parameters = new Map([
      ['config', '/a b'],
      ['CRM_meta_interval', '0'],
      ['OCF_CHECK_LEVEL', '10'],
    ]);
    await run(action({ parameters }));
    expect(runner.commands).toEqual([
      {
        path: join(root, 'resource.d/test/Fake'),
        args: ['monitor'],
        timeoutMs: 20_000,
        killScope: 'group',
        purpose: '{"rsc":"r1","op":"monitor","intervalMs":0}',
        env: {
          PATH: '/bin',
          OCF_ROOT: root,
          OCF_RA_VERSION_MAJOR: '1',
          OCF_RA_VERSION_MINOR: '1',
          OCF_EXIT_REASON_PREFIX: 'ocf-exit-reason:',
          OCF_RESOURCE_INSTANCE: 'r1',
          OCF_RESOURCE_TYPE: 'Fake',
          OCF_RESOURCE_PROVIDER: 'test',
          OCF_RESKEY_config: '/a b',
          OCF_RESKEY_CRM_meta_interval: '0',
          OCF_CHECK_LEVEL: '10',
        },
      },
    ]);
  });

  it('spares the agent’s children at a timeout with on-fail=block', async () => {
    await run(action({ parameters: new Map([['CRM_meta_on_fail', 'block']]) }));
    expect(runner.commands[0]?.killScope).toBe('process');
  });

  it.each([
    [
      'an agent that is not there',
      { provider: 'test', type: 'Missing' },
      5,
      7,
      'Missing: No such file or directory',
    ],
    [
      'a provider that is not there',
      { provider: 'pancakes', type: 'Fake' },
      5,
      7,
      'Fake: No such file or directory',
    ],
    // As execve(2) refuses it.
    ['a directory', { provider: 'test', type: 'folder' }, 4, 0, 'Child process was unable to execute file'],
    [
      'a path for a type',
      { provider: 'test', type: '../test/Fake' },
      5,
      7,
      '../test/Fake: No such file or directory',
    ],
    [
      'a path for a provider',
      { provider: 'x/../test', type: 'Fake' },
      5,
      7,
      'Fake: No such file or directory',
    ],
    ['a hidden file', { provider: '.', type: 'Fake' }, 5, 7, 'Fake: No such file or directory'],
    ['no provider', { type: 'Fake' }, 1, 6, 'Required agent or action information missing'],
    ['no type', { provider: 'test', type: '' }, 1, 6, 'Required agent or action information missing'],
  ])('%s is answered without running anything', async (_what, rsc, rc, status, exitReason) => {
    const result = await run(action({ rsc: { id: 'r1', class: 'ocf', ...rsc } }));
    expect(result).toMatchObject({ rc, status, exitReason });
    expect(runner.commands).toEqual([]);
  });

  it('is answered without an action name', async () => {
    expect(await run(action({ name: '' }))).toMatchObject({ rc: 1, status: 6 });
  });

  it('is not begun when it was killed before', async () => {
    const result = await new Promise<ActionResult>((resolve) => {
      expect(makeOcf().run(action(), resolve).kill()).toBeUndefined();
    });
    expect(result.status).toBe(1);
    expect(runner.commands).toEqual([]);
  });
});

describe('a class that is not there', () => {
  it.each([
    ['upstart', /^thing: class upstart was dropped in Pacemaker 3\.0; use /],
    ['Nagios', /^thing: class nagios was dropped in Pacemaker 3\.0; use /],
    ['heartbeat', /^thing: class heartbeat is not known/],
    ['nonsense', /^thing: No such file or directory$/],
  ])('%s is answered as not installed', async (standard, reason) => {
    const result = await run(action({ rsc: { id: 'r1', class: standard, type: 'thing' } }));
    expect(result).toMatchObject({ rc: 5, status: 7, exitReason: expect.stringMatching(reason) });
  });

  it('is found in any case', async () => {
    expect(
      await run(action({ rsc: { id: 'r', class: 'OCF', provider: 'test', type: 'Fake' } })),
    ).toMatchObject({ rc: 0 });
  });
});

describe('a fence device on a remote node', () => {
  const rsc = { id: 'f', class: 'STONITH', type: 'fence_dummy' };
  const noFencer = 'No connection to fencer';

  // [protocol 5.15]
  it.each([
    ['a probe', { name: 'monitor' }, 7, 4, undefined],
    ['a recurring monitor', { name: 'monitor', intervalMs: 1000 }, 1, 4, noFencer],
    ['a start', { name: 'start' }, 1, 4, noFencer],
    ['a stop', { name: 'stop' }, 0, 0, undefined],
    ['anything else', { name: 'meta-data' }, 1, 4, noFencer],
  ])('%s is answered at once', async (_what, fields, rc, status, exitReason) => {
    const result = await run(action({ rsc, ...fields }));
    expect([result.rc, result.status, result.exitReason]).toEqual([rc, status, exitReason]);
    expect(runner.commands).toEqual([]);
  });
});
