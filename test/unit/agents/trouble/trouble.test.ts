import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agent as dummy } from '../../../../agents/dummy/dummy.ts';
import { agent as stateful } from '../../../../agents/stateful/stateful.ts';
import { parseRules } from '../../../../agents/trouble/rules.ts';
import { act, agentEnv } from '../../../helpers/agent-host.ts';

let scratch = '';
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'bundlet-trouble-'));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const call = (agent: typeof dummy | typeof stateful, action: string, parameters = {}, more = {}) =>
  act(agent, action, agentEnv({ state: join(scratch, 'state'), ...parameters }, { PATH: '', ...more }));

describe('rules', () => {
  it.each([
    ['', []],
    [' ; \n ', []],
    ['start: hang', [{ action: 'start', effects: [{ kind: 'hang' }] }]],
    [
      '*: noise=3 slow=2s',
      [
        {
          action: '*',
          effects: [
            { kind: 'noise', lines: 3 },
            { kind: 'slow', ms: 2000 },
          ],
        },
      ],
    ],
    ['reload-agent: fail=190', [{ action: 'reload-agent', effects: [{ kind: 'fail', code: 190 }] }]],
    [
      'stop: crash only=2 reason=a only=3 b',
      [{ action: 'stop', effects: [{ kind: 'crash' }], only: { first: 2, last: 2 }, reason: 'a only=3 b' }],
    ],
    [
      'stop: crash only=2-; start: stray only=3-5 while=/x y'.replace(' y', ''),
      [
        { action: 'stop', effects: [{ kind: 'crash' }], only: { first: 2, last: Number.POSITIVE_INFINITY } },
        { action: 'start', effects: [{ kind: 'stray' }], only: { first: 3, last: 5 }, whileFile: '/x' },
      ],
    ],
  ])('%j', (text, rules) => {
    expect(parseRules(text)).toEqual(rules);
  });
});

describe('trouble', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 190, 191])('with fail=%i: nothing is done', async (code) => {
    const { rc, host } = await call(dummy, 'start', { trouble: `start: fail=${code} reason=so it is` });
    expect([rc, host.stderr, existsSync(join(scratch, 'state'))]).toEqual([
      code,
      'ocf-exit-reason:so it is\n',
      false,
    ]);
  });

  it('lasts while a file is there', async () => {
    const file = join(scratch, 'broken');
    const codes = [];
    for (const change of [() => undefined, () => writeFileSync(file, ''), () => rmSync(file)]) {
      change();
      codes.push((await call(dummy, 'monitor', { trouble: `monitor: fail=5 while=${file}` })).rc);
    }
    expect(codes).toEqual([7, 5, 7]);
  });

  it('comes at some calls only, each action with its own count', async () => {
    const parameters = { trouble: 'monitor: fail=1 only=2-3; start: fail=4 only=1' };
    const codes = [];
    for (const action of ['monitor', 'start', 'monitor', 'start', 'monitor', 'monitor']) {
      codes.push((await call(dummy, action, parameters)).rc);
    }
    expect(codes).toEqual([7, 4, 1, 0, 1, 0]);
  });

  it('degrades what works, and nothing else', async () => {
    const parameters = { trouble: 'monitor: degrade' };
    const codes = [];
    for (const action of ['monitor', 'start', 'monitor', 'promote', 'monitor']) {
      codes.push((await call(stateful, action, parameters)).rc);
    }
    expect(codes).toEqual([7, 0, 190, 0, 191]);
  });

  it('may be all of it at once', async () => {
    const { rc, host } = await call(dummy, 'start', { trouble: '*: noise=2; start: fail=1' });
    expect([rc, host.stderr]).toEqual([
      1,
      'INFO: noise 1 of 2\nINFO: noise 2 of 2\nocf-exit-reason:Expected start to work, but its trouble says fail\n',
    ]);
  });
});

describe('dummy', () => {
  it('fails to start on one machine, as the original has it', async () => {
    expect((await call(dummy, 'start', { fail_start_on: hostname() })).rc).toBe(1);
    expect((await call(dummy, 'monitor')).rc).toBe(0);
    expect((await call(dummy, 'start', { fail_start_on: `not-${hostname()}` })).rc).toBe(0);
  });

  it('writes its environment where it is told to, for its owner only', async () => {
    const envfile = join(scratch, 'env');
    await call(dummy, 'start', { envfile });
    await call(dummy, 'monitor', { envfile, fake: 'b' });
    const text = readFileSync(envfile, 'utf8');
    expect(text.match(/^### .*$/gm)).toEqual(['### start', '### monitor']);
    expect(text).toContain('\nOCF_RESKEY_fake=b\n');
  });

  it('is held up by an environment that can not be written in a start alone', async () => {
    const envfile = join(scratch, 'nowhere', 'env');
    expect((await call(dummy, 'start', { envfile })).rc).toBe(2);
    expect((await call(dummy, 'start')).rc).toBe(0);
    const monitor = await call(dummy, 'monitor', { envfile });
    expect([monitor.rc, monitor.host.stderr]).toEqual([0, expect.stringContaining(`${envfile} (envfile)`)]);
    expect((await call(dummy, 'stop', { envfile })).rc).toBe(0);
    expect((await call(dummy, 'monitor')).rc).toBe(7);
  });

  it.each(['reload', 'reload-agent', 'migrate_to'])(
    'that is stopped refuses %s, and stays so',
    async (action) => {
      expect((await call(dummy, action)).rc).toBe(7);
      expect((await call(dummy, 'monitor')).rc).toBe(7);
    },
  );

  it('moves: it ends here and begins there', async () => {
    await call(dummy, 'start');
    expect((await call(dummy, 'migrate_to', {}, { OCF_RESKEY_CRM_meta_migrate_target: 'b' })).rc).toBe(0);
    expect((await call(dummy, 'monitor')).rc).toBe(7);
    expect((await call(dummy, 'migrate_from')).rc).toBe(2);
    expect((await call(dummy, 'migrate_from', {}, { OCF_RESKEY_CRM_meta_migrate_source: 'a' })).rc).toBe(0);
    expect((await call(dummy, 'monitor')).rc).toBe(0);
  });
});

describe('stateful', () => {
  it('goes through its roles, each twice', async () => {
    const codes = [];
    const actions =
      'promote demote start monitor promote promote monitor demote demote monitor promote start monitor promote stop stop monitor';
    for (const action of actions.split(' ')) {
      codes.push(`${action} ${(await call(stateful, action)).rc}`);
    }
    expect(codes.join(', ')).toBe(
      'promote 7, demote 7, start 0, monitor 0, promote 0, promote 0, monitor 8, demote 0, demote 0, monitor 0, ' +
        'promote 0, start 0, monitor 0, promote 0, stop 0, stop 0, monitor 7',
    );
  });

  it('tells of a state that is none, and stops all the same', async () => {
    writeFileSync(join(scratch, 'state'), 'Confused\n');
    const { rc, host } = await call(stateful, 'monitor');
    expect([rc, host.reason]).toEqual([
      1,
      `Expected Promoted or Unpromoted in ${join(scratch, 'state')}, got "Confused"; stop it`,
    ]);
    expect((await call(stateful, 'stop')).rc).toBe(0);
    expect((await call(stateful, 'monitor')).rc).toBe(7);
  });

  it.each(['pre', 'post'])('takes notifications, %s, with lists and without', async (type) => {
    for (const list of [' ', 'web:0 web:1']) {
      const more = { OCF_RESKEY_CRM_meta_notify_type: type, OCF_RESKEY_CRM_meta_notify_start_resource: list };
      expect((await call(stateful, 'notify', {}, more)).rc).toBe(0);
    }
  });
});
