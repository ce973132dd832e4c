import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { busUnavailable } from '../../../../src/standards/systemd/failures.ts';
import { until } from '../../../helpers/pid-namespace.ts';
import { type FakeManager, makeKit } from './kit.ts';

const DBUS_ERROR = 'org.freedesktop.DBus.Error';
const SYSTEMD = 'org.freedesktop.systemd1';

const called = (manager: FakeManager, call: string, count = 1): Promise<void> =>
  until(
    () => manager.calls.filter((made) => made === call).length >= count,
    () => `${count} × ${call}, got ${manager.calls}`,
  );

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a job', () => {
  it.each([
    ['done', { rc: 0, status: 0 }],
    ['timeout', { rc: 1, status: 2, exitReason: 'systemd start job for web.service timed out' }],
    [
      'failed',
      { rc: 1, status: 4, exitReason: "systemd start job for web.service failed with result 'failed'" },
    ],
    ['canceled', { rc: 1, status: 4 }],
    ['dependency', { rc: 1, status: 4 }],
    ['skipped', { rc: 1, status: 4 }],
  ])('that ends with %s', async (word, result) => {
    const { begin, manager, clock } = makeKit();
    const { end } = begin('start');
    await called(manager, 'queueJob start web.service');
    await settle();
    manager.endJob('done', '/job/other');
    manager.endJob(word);
    expect(await end).toMatchObject(result);
    await settle();
    expect(clock.waiting).toBe(0);
    // The one that the bus itself has.
    expect(manager.listeners).toBe(1);
  });

  it('may end before the reply that names it', async () => {
    const { run, manager } = makeKit();
    manager.onCall = (call) => {
      if (call.startsWith('queueJob')) {
        manager.endJob('done');
      }
    };
    expect(await run('stop')).toMatchObject({ rc: 0, status: 0 });
  });

  it.each([
    ['start', 'active', 0],
    ['start', 'failed', 1],
    ['stop', 'inactive', 0],
    ['stop', 'active', 1],
    ['restart', 'active', 0],
    ['reload', 'reloading', 0],
  ])('of a %s whose end nobody told is decided by the unit, %s', async (verb, state, rc) => {
    const { begin, manager, clock } = makeKit();
    const { end } = begin(verb, { timeoutMs: 0 });
    await called(manager, `queueJob ${verb} web.service`);
    await settle();
    clock.advance(5000);
    await called(manager, 'jobExists /job/1');
    manager.jobs.clear();
    manager.states['ActiveState'] = state;
    await settle();
    clock.advance(5000);
    expect(await end).toMatchObject({ rc });
  });

  it('fails when the bus goes', async () => {
    const { begin, manager, run, managers } = makeKit();
    const { end } = begin('start');
    await called(manager, 'queueJob start web.service');
    await settle();
    manager.close();
    expect(await end).toMatchObject({ rc: 1, status: 4, exitReason: 'No DBus connection' });
    expect(await run('monitor')).toMatchObject({ rc: 0 });
    expect(managers.length).toBe(2);
  });

  it('is waited for 5 s longer than the timeout', async () => {
    const { begin, manager, clock, results } = makeKit();
    const { end } = begin('start', { timeoutMs: 10_000 });
    await called(manager, 'queueJob start web.service');
    await settle();
    clock.advance(14_999);
    await settle();
    expect(results).toEqual([]);
    clock.advance(1);
    expect(await end).toMatchObject({ rc: 1, status: 2 });
    await settle();
    expect(clock.waiting).toBe(0);
  });
});

describe('an operation on a hung bus', () => {
  it.each(['loadUnit', 'unitProperty', 'daemonReload', 'queueJob'])(
    'ends where %s is not answered',
    async (method) => {
      const { begin, manager, clock } = makeKit();
      manager.silent.add(method);
      const { end } = begin('start', { timeoutMs: 1000 });
      await until(() => manager.calls.some((call) => call.startsWith(method)), method);
      clock.advance(6000);
      expect(await end).toMatchObject({ rc: 1, status: 2 });
    },
  );

  it('ends where not even the connection is opened', async () => {
    const { SystemBus } = await import('../../../../src/standards/systemd/system-bus.ts');
    const { clock } = makeKit();
    const bus = new SystemBus(
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('x')))),
      clock,
    );
    const opened = bus.manager(new AbortController().signal);
    clock.advance(5000);
    await expect(opened).rejects.toMatchObject({ code: 'BUS_UNAVAILABLE' });
    expect(clock.waiting).toBe(0);
  });
});

describe('a monitor', () => {
  it.each([
    ['active', 0, 0],
    ['reloading', 0, 0],
    ['refreshing', 0, 0],
    ['inactive', 7, 0],
    ['failed', 7, 0],
    ['maintenance', 7, 0],
    ['activating', 193, -1],
    ['deactivating', 193, -1],
  ])('that finds %s', async (state, rc, status) => {
    const { run, manager } = makeKit();
    manager.states['ActiveState'] = state;
    expect(await run('Monitor', { intervalMs: 1000 })).toMatchObject({ rc, status });
  });

  it('that runs once looks again until it is known', async () => {
    const { begin, manager, clock, results } = makeKit();
    manager.states['ActiveState'] = 'activating';
    const { end } = begin('monitor', { timeoutMs: 10_000 });
    for (const looks of [1, 2]) {
      await called(manager, 'unitProperty ActiveState', looks);
      await settle();
      clock.advance(999);
      await settle();
      expect(manager.calls.filter((call) => call === 'unitProperty ActiveState').length).toBe(looks);
      expect(results).toEqual([]);
      manager.states['ActiveState'] = looks === 1 ? 'deactivating' : 'inactive';
      clock.advance(1);
    }
    expect(await end).toMatchObject({ rc: 7, status: 0, exitReason: 'inactive' });
  });

  it('that runs once gives up at its timeout', async () => {
    const { begin, manager, clock, results } = makeKit();
    manager.states['ActiveState'] = 'deactivating';
    begin('status', { timeoutMs: 1000 });
    while (results.length === 0) {
      await settle();
      clock.advance(50);
    }
    expect(results).toMatchObject([{ rc: 1, status: 2 }]);
    expect(clock.nowMs()).toBeLessThan(1_000_000 + 2000);
  });

  it('whose answer is of no interest any more ends at once', async () => {
    const { begin, manager, results } = makeKit();
    manager.silent.add('unitProperty');
    const { running, end } = begin('monitor', { intervalMs: 1000 });
    await called(manager, 'unitProperty ActiveState');
    expect(running.kill()).toBeUndefined();
    expect(results).toEqual([]);
    expect(await end).toMatchObject({ status: 1 });
  });
});

describe('an error', () => {
  const NOT_FOUND = { rc: 5, status: 7, exitReason: 'systemd unit web.service not found' };
  const OTHER = { rc: 1, status: 4, exitReason: 'Unable to invoke systemd DBus method' };

  it.each([
    ['start', `${SYSTEMD}.NoSuchUnit`, 'x', NOT_FOUND],
    ['start', `${SYSTEMD}.InvalidName`, 'x', NOT_FOUND],
    ['monitor', `${SYSTEMD}.LoadFailed`, 'x', NOT_FOUND],
    ['stop', `${SYSTEMD}.NoSuchUnit`, 'x', { rc: 0, status: 0 }],
    ['STOP', `${SYSTEMD}.InvalidName`, 'x', { rc: 0, status: 0 }],
    ['start', `${SYSTEMD}.UnitMasked`, 'x', OTHER],
    ['start', `${DBUS_ERROR}.NoReply`, 'recipient disconnected', OTHER],
    ['monitor', `${DBUS_ERROR}.NoReply`, 'recipient disconnected', { rc: 193, status: -1 }],
    ['monitor', `${DBUS_ERROR}.NoReply`, 'timed out', OTHER],
    ['monitor', `${DBUS_ERROR}.AccessDenied`, 'disconnected', OTHER],
  ])('of a %s, %s (%s)', async (name, error, text, result) => {
    const { run, manager } = makeKit();
    manager.fail('loadUnit', error, text);
    expect(await run(name, { intervalMs: 1000 })).toMatchObject(result);
  });

  it('that tells of a missing bus', async () => {
    const { run, runner } = makeKit(busUnavailable('No bus'));
    for (const name of ['start', 'stop', 'monitor', 'restart', 'reload', 'meta-data']) {
      expect(await run(name)).toMatchObject({ rc: 1, status: 4, exitReason: 'No DBus connection' });
    }
    expect(await runner.exists('web')).toBe(false);
    await expect(runner.agents()).rejects.toMatchObject({ code: 'BUS_UNAVAILABLE' });
  });
});

describe('a drop-in', () => {
  it('is loaded before the unit starts, and goes before it stops', async () => {
    const { run, manager, dropIns } = makeKit();
    const file = join(dropIns, 'web.service.d/50-pacemaker.conf');
    const seen: [string, boolean][] = [];
    manager.onCall = (call) => {
      seen.push([call, existsSync(file)]);
      if (call.startsWith('queueJob')) {
        manager.endJob('done');
      }
    };
    await run('start');
    await run('stop');
    expect(seen.filter(([call]) => /daemonReload|queueJob/.test(call))).toEqual([
      ['daemonReload', true],
      ['queueJob start web.service', true],
      ['daemonReload', false],
      ['queueJob stop web.service', false],
    ]);
    expect(readdirSync(dropIns)).toEqual([]);
  });

  it('is not written for a unit that is not there', async () => {
    const { run, manager, dropIns } = makeKit();
    manager.states['LoadState'] = 'not-found';
    expect(await run('start')).toMatchObject({ rc: 5, status: 7 });
    expect(readdirSync(dropIns)).toEqual([]);
  });

  it('that systemd does not load is no reason not to start', async () => {
    const { run, manager } = makeKit();
    manager.fail('daemonReload', `${SYSTEMD}.RateLimited`);
    manager.onCall = (call) => call.startsWith('queueJob') && manager.endJob('done');
    expect(await run('start')).toMatchObject({ rc: 0 });
  });

  it('shares its daemon reload with all that come while another runs', async () => {
    const { bus, manager } = makeKit();
    const never = new AbortController().signal;
    const first = bus.daemonReload(manager, never);
    const others = [1, 2, 3].map(() => bus.daemonReload(manager, never));
    await Promise.all([first, ...others]);
    expect(manager.calls).toEqual(['daemonReload', 'daemonReload']);
    await bus.daemonReload(manager, never);
    expect(manager.calls.length).toBe(3);
  });

  it('is loaded by the second reload though the first one fails', async () => {
    const { bus, manager } = makeKit();
    const never = new AbortController().signal;
    manager.fail('daemonReload', `${SYSTEMD}.RateLimited`);
    manager.onCall = () => manager.calls.length === 2 && manager.errors.clear();
    const first = bus.daemonReload(manager, never);
    const second = bus.daemonReload(manager, never);
    await expect(first).rejects.toThrow();
    await second;
  });
});

describe('the list of agents', () => {
  it('has each unit once that can be a resource', async () => {
    expect(await makeKit().runner.agents()).toEqual(['a', 'a.socket', 'b']);
  });
});
