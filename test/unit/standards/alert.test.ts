import { channel } from 'node:diagnostics_channel';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { User } from '../../../src/config/accounts.ts';
import type { Exit } from '../../../src/process/runner.ts';
import { type Alert, Alerts, type AlertsOptions } from '../../../src/standards/alert.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { FakeRunner } from './kit.ts';

const NAMES = ['started', 'finished', 'failed', 'no-account', 'dropped', 'abandoned'];

let directory: string;
let clock: FakeClock;
let runner: FakeRunner;
let events: Record<string, unknown>[];

const hear = (fields: unknown, name: string | symbol): void => {
  events.push({ event: String(name).replace('bundlet:', ''), ...(fields as object) });
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bundlet-alert-'));
  writeFileSync(join(directory, 'agent'), '');
  clock = new FakeClock();
  runner = new FakeRunner();
  runner.isHolding = true;
  events = [];
  for (const name of NAMES) {
    channel(`bundlet:alert.${name}`).subscribe(hear);
  }
});

afterEach(() => {
  for (const name of NAMES) {
    channel(`bundlet:alert.${name}`).unsubscribe(hear);
  }
  rmSync(directory, { recursive: true });
});

const make = (options: Partial<AlertsOptions> = {}): Alerts =>
  new Alerts({ baseEnv: { PATH: '/bin' }, clock, runner: () => Promise.resolve(runner), ...options });

const alert = (fields: Partial<Alert> = {}): Alert => ({
  id: 'mail',
  path: join(directory, 'agent'),
  timeoutMs: 30_000,
  parameters: new Map([['CRM_alert_recipient', 'topsecret@example']]),
  ...fields,
});

const commands = (count: number): Promise<void> =>
  vi.waitFor(() => expect(runner.commands).toHaveLength(count));

describe('an alert agent', () => {
  it('gets the parameters under their own names, and a number', async () => {
    const alerts = make();
    expect(alerts.send(alert())).toBe('accepted');
    const parameters = new Map([
      ['PATH', '/other'],
      ['CRM_alert_node_sequence', '99'],
    ]);
    alerts.send(alert({ parameters }));
    await commands(2);
    expect(runner.commands).toEqual([
      {
        path: join(directory, 'agent'),
        args: [],
        timeoutMs: 30_000,
        killScope: 'group',
        env: {
          PATH: '/bin',
          CRM_alert_recipient: 'topsecret@example',
          CRM_alert_node_sequence: '1',
          CRM_notify_node_sequence: '1',
        },
      },
      expect.objectContaining({
        env: { PATH: '/other', CRM_alert_node_sequence: '2', CRM_notify_node_sequence: '2' },
      }),
    ]);
  });

  it('runs as its account', async () => {
    make({ findAccount: () => ({ uid: 7, gid: 8 }) }).send(alert());
    await commands(1);
    expect(runner.commands[0]?.user).toEqual({ uid: 7, gid: 8 });
  });

  it.each<[string, () => User | undefined, RegExp]>([
    ['is not there', () => undefined, /no such user/],
    [
      'can not be looked up',
      () => {
        throw new Error('EACCES: permission denied');
      },
      /EACCES/,
    ],
  ])('is refused when its account %s', (_what, findAccount, problem) => {
    expect(make({ findAccount }).send(alert())).toBe('no-account');
    expect(events).toEqual([
      { event: 'alert.no-account', user: 'hacluster', problem: expect.stringMatching(problem) },
    ]);
  });

  it.each<[string, Exit, object]>([
    ['success', { kind: 'exited', code: 0 }, { event: 'alert.finished', rc: 0, ms: 40 }],
    ['failure', { kind: 'exited', code: 3 }, { event: 'alert.failed', rc: 3, ms: 40 }],
    [
      'signal',
      { kind: 'signalled', signal: 'SIGSEGV' },
      { event: 'alert.failed', reason: 'Expected an exit, the agent was ended by SIGSEGV' },
    ],
    [
      'timeout',
      { kind: 'timed-out' },
      {
        event: 'alert.failed',
        reason: 'Expected an exit within 30s; the agent and its children were killed',
      },
    ],
    [
      'lack of permission',
      { kind: 'not-started', errno: 'EACCES' },
      {
        event: 'alert.failed',
        reason: 'Expected an executable file at an absolute path: Permission denied',
      },
    ],
  ])('tells its %s, and nothing of its environment', async (_what, exit, expected) => {
    runner.exit = exit;
    make().send(alert());
    await commands(1);
    clock.advance(40);
    runner.finish();
    expect(events.at(-1)).toMatchObject({ alert: 'mail', path: join(directory, 'agent'), ...expected });
    expect(JSON.stringify(events)).not.toContain('topsecret');
  });

  it.each(['agent', '', './agent'])('named %j is not looked for', async (path) => {
    expect(make().send(alert({ path }))).toBe('accepted');
    await vi.waitFor(() => expect(events.at(-1)).toMatchObject({ event: 'alert.failed', path }));
    expect(runner.commands).toEqual([]);
  });
});

describe('a shutdown', () => {
  it('has nothing to wait for without alerts', async () => {
    await make().drain(1000);
    expect(clock.waiting).toBe(0);
  });

  it('waits for the last alert in flight, and drops new ones', async () => {
    const alerts = make();
    alerts.send(alert());
    alerts.send(alert());
    await commands(2);
    let isDrained = false;
    const drained = alerts.drain(60_000).then(() => {
      isDrained = true;
    });
    expect(alerts.send(alert())).toBe('accepted');
    expect(events.at(-1)).toMatchObject({ event: 'alert.dropped', alert: 'mail' });
    runner.finish();
    await Promise.resolve();
    expect(isDrained).toBe(false);
    const again = alerts.drain(60_000);
    runner.finish();
    await Promise.all([drained, again]);
    expect(clock.waiting).toBe(0);
    expect(runner.commands).toHaveLength(2);
  });

  it.each([
    ['the longest timeout and 5 s', [1000, 3000], 60_000, 8000],
    ['5 s for alerts without a limit', [0], 60_000, 5000],
    ['its own deadline', [30_000], 4000, 4000],
  ])('waits at most %s', async (_what, timeouts, deadlineMs, limitMs) => {
    const alerts = make();
    for (const timeoutMs of timeouts) {
      alerts.send(alert({ timeoutMs }));
    }
    const drained = alerts.drain(deadlineMs);
    clock.advance(limitMs - 1);
    expect(clock.waiting).toBe(1);
    clock.advance(1);
    await drained;
    expect(events.at(-1)).toEqual({ event: 'alert.abandoned', count: timeouts.length });
  });
});
