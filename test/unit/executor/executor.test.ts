import { describe, expect, it } from 'vitest';
import { OCF, STATUS } from '../../../src/standards/result.ts';
import { listenTo } from '../../helpers/events.ts';
import { makeKit } from './kit.ts';

describe('queueing', () => {
  it('runs operations of a resource one after the other, in order', () => {
    const { exec, runner, told } = makeKit();
    exec('start');
    exec('monitor');
    exec('stop');
    expect(runner.living).toEqual(['r1 start']);
    runner.end();
    expect(runner.living).toEqual(['r1 monitor']);
    runner.end();
    runner.end();
    expect(told()).toEqual(['start 0 0', 'monitor 0 0', 'stop 0 0']);
  });

  it('runs operations of different resources side by side', () => {
    const { exec, executor, runner } = makeKit();
    executor.register({ id: 'r2', class: 'ocf', provider: 'test', type: 'Fake' }, false);
    exec('start');
    exec('start', { rscId: 'r2' });
    expect(runner.living).toEqual(['r1 start', 'r2 start']);
  });

  it('lets a head in its start delay hold up what is behind it', () => {
    const { clock, exec, runner } = makeKit();
    exec('start', { startDelayMs: 5000 });
    exec('monitor');
    clock.advance(4999);
    expect(runner.living).toEqual([]);
    clock.advance(1);
    expect(runner.living).toEqual(['r1 start']);
    runner.end();
    expect(runner.living).toEqual(['r1 monitor']);
  });

  it('counts the start delay from queueing', () => {
    const { clock, exec, runner } = makeKit();
    exec('start');
    exec('monitor', { startDelayMs: 3000 });
    clock.advance(3000);
    runner.end();
    expect(runner.living).toEqual(['r1 monitor']);
  });

  it('never runs a recurring operation beside another of its resource', () => {
    const { clock, exec, runner } = makeKit();
    exec('monitor', { intervalMs: 1000 });
    runner.end();
    exec('notify');
    clock.advance(1000);
    expect(runner.living).toEqual(['r1 notify']);
    runner.end();
    expect(runner.living).toEqual(['r1 monitor']);
  });

  it('serves nine monitors of one resource in turn, none starves', () => {
    const { clock, exec, runner, reports } = makeKit();
    for (let index = 0; index < 9; index += 1) {
      exec('monitor', { intervalMs: 1000 + index });
    }
    // Each run takes longer than the intervals: all are always due, and the queue hands in one first run at a time.
    for (let round = 0; round < 45; round += 1) {
      expect(runner.living).toHaveLength(1);
      clock.advance(2000);
      runner.end();
    }
    expect(new Set(reports.map((report) => report.request.intervalMs)).size).toBe(9);
  });
});

describe('recurring operations', () => {
  it('counts the interval from the end of a run', () => {
    const { clock, exec, runner } = makeKit();
    exec('monitor', { intervalMs: 1000 });
    clock.advance(700);
    runner.end();
    clock.advance(999);
    expect(runner.runs).toHaveLength(1);
    clock.advance(1);
    expect(runner.runs).toHaveLength(2);
  });

  it.each([
    ['a failure', { rc: OCF.error }],
    ['a timeout', { rc: OCF.error, status: STATUS.timedOut }],
    ['an agent that is gone', { rc: OCF.notInstalled, status: STATUS.notInstalled }],
  ])('is armed again after %s', (_what, result) => {
    const { clock, exec, runner } = makeKit();
    exec('monitor', { intervalMs: 1000 });
    runner.end(result);
    clock.advance(1000);
    expect(runner.living).toEqual(['r1 monitor']);
  });

  it('reports only changes when asked to', () => {
    const { clock, exec, runner, told } = makeKit();
    exec('monitor', { intervalMs: 1000, changesOnly: true });
    for (const rc of [0, 0, 7, 7, 0]) {
      runner.end({ rc });
      clock.advance(1000);
    }
    expect(told()).toEqual(['monitor 0 0', 'monitor 7 0', 'monitor 0 0']);
  });

  it('lists what was begun', () => {
    const { exec, executor } = makeKit();
    exec('start');
    exec('monitor', { intervalMs: 1000 });
    expect(executor.recurring('r1')?.[0]?.operations).toEqual([]);
    expect(executor.recurring('unknown')).toBeUndefined();
  });
});

describe('an equal recurring operation', () => {
  it('is merged: the newer call id and user data, run at once, told again', () => {
    const { clock, exec, runner, reports } = makeKit();
    exec('monitor', { intervalMs: 1000, changesOnly: true, userData: 'old' });
    runner.end();
    clock.advance(500);
    exec('Monitor', { intervalMs: 1000, userData: 'new' });
    expect(runner.living).toEqual(['r1 monitor']);
    runner.end();
    expect(reports.map(({ callId, userData }) => [callId, userData])).toEqual([
      [1, 'old'],
      [2, 'new'],
    ]);
    clock.advance(1000);
    expect(runner.runs).toHaveLength(3);
  });

  it('is merged into one in flight, which goes on', () => {
    const { exec, runner, reports } = makeKit();
    exec('monitor', { intervalMs: 1000 });
    exec('monitor', { intervalMs: 1000 });
    expect(runner.runs).toHaveLength(1);
    runner.end();
    expect(reports.map(({ callId }) => callId)).toEqual([2]);
  });

  it('is another one with another interval or action', () => {
    const { exec, runner } = makeKit();
    exec('monitor', { intervalMs: 1000 });
    exec('monitor', { intervalMs: 1001 });
    exec('status', { intervalMs: 1000 });
    runner.end();
    runner.end();
    runner.end();
    expect(runner.runs).toHaveLength(3);
  });
});

describe('stop', () => {
  it('cancels every recurring operation first', () => {
    const { clock, exec, runner, told } = makeKit();
    exec('monitor', { intervalMs: 1000 });
    exec('monitor', { intervalMs: 2000 });
    runner.end();
    runner.end();
    told();
    exec('STOP');
    expect(told()).toEqual(['monitor 0 1', 'monitor 0 1']);
    runner.end();
    clock.advance(10_000);
    expect(told()).toEqual(['STOP 0 0']);
    expect(runner.living).toEqual([]);
  });

  it('waits until a killed monitor is really gone', () => {
    const { exec, runner, told } = makeKit();
    exec('monitor', { intervalMs: 1000 });
    exec('stop');
    expect(runner.runs[0]?.isKilled).toBe(true);
    expect(told()).toEqual(['monitor 0 1']);
    expect(runner.living).toEqual(['r1 monitor']);
    runner.end({ rc: 1, status: 4 });
    expect(runner.living).toEqual(['r1 stop']);
    expect(told()).toEqual([]);
  });
});

describe('cancel', () => {
  it('takes away one that waits for its interval, with its last result', () => {
    const { clock, exec, executor, runner, told } = makeKit();
    exec('monitor', { intervalMs: 1000 });
    runner.end({ rc: 7 });
    expect(executor.cancel('r1', 'MONITOR', 1000)).toBe('done');
    clock.advance(5000);
    expect(told()).toEqual(['monitor 7 0', 'monitor 7 1']);
    expect(clock.waiting).toBe(0);
  });

  it('takes away a start in its delay, with times of 0', () => {
    const { clock, exec, executor, reports, runner } = makeKit();
    exec('start', { startDelayMs: 5000 });
    expect(executor.cancel('r1', 'start', 0)).toBe('done');
    clock.advance(10_000);
    expect(runner.runs).toEqual([]);
    const times = { runTime: 0, rcChangeTime: 0, execTimeMs: 0, queueTimeMs: 0 };
    expect(reports[0]).toMatchObject({ rc: 0, status: STATUS.cancelled, times });
  });

  it('kills a recurring one in flight and gives its output so far', () => {
    const { exec, executor, reports, runner } = makeKit();
    exec('monitor', { intervalMs: 1000 });
    expect(executor.cancel('r1', 'monitor', 1000)).toBe('done');
    expect(runner.runs[0]?.isKilled).toBe(true);
    expect(reports[0]).toMatchObject({ rc: 0, status: STATUS.cancelled, output: 'output so far' });
  });

  it('refuses a one-shot in flight, and takes one that waits behind it', () => {
    const { exec, executor, told } = makeKit();
    exec('start');
    expect(executor.cancel('r1', 'start', 0)).toBe('none');
    exec('start');
    expect(executor.cancel('r1', 'start', 0)).toBe('done');
    expect(told()).toEqual(['start 0 1']);
  });

  it.each([
    ['another interval', 'r1', 'monitor', 2000, 'none'],
    ['another action', 'r1', 'stop', 1000, 'none'],
    ['another resource', 'r2', 'monitor', 1000, 'unknown'],
  ])('finds nothing for %s', (_what, id, action, intervalMs, expected) => {
    const { exec, executor } = makeKit();
    exec('monitor', { intervalMs: 1000 });
    expect(executor.cancel(id, action, intervalMs)).toBe(expected);
  });

  it.each([0, 1, 2, 10, 50])('cancels %i recurring operations at once', (count) => {
    const { clock, exec, executor, runner, told } = makeKit();
    for (let index = 0; index < count; index += 1) {
      exec('monitor', { intervalMs: 1000 + index });
    }
    for (let index = 0; index < count; index += 1) {
      runner.end();
    }
    told();
    executor.register({ id: 'r1', class: 'lsb', type: 'other' }, false);
    expect(told()).toHaveLength(count);
    expect(clock.waiting).toBe(0);
  });
});

describe('unregister', () => {
  it('counts as deletion only while nothing of that id is registered', () => {
    const { exec, executor, reports, runner } = makeKit();
    exec('monitor', { intervalMs: 1000 });
    runner.end();
    exec('start');
    // Replaced: a controller that heard of a deletion would forget the history of the new one.
    executor.register({ id: 'r1', class: 'lsb', type: 'other' }, false);
    expect(reports.at(-1)).toMatchObject({ status: STATUS.cancelled, rscDeleted: false });
    executor.unregister('r1');
    executor.register({ id: 'r1', class: 'lsb', type: 'other' }, false);
    runner.end();
    expect(reports.at(-1)).toMatchObject({ status: STATUS.done, rscDeleted: false });
  });

  it('is busy with a one-shot in flight, whose result says that the resource is gone', () => {
    const { exec, executor, reports, runner } = makeKit();
    exec('start');
    exec('monitor', { intervalMs: 1000 });
    expect(executor.unregister('r1')).toBe('busy');
    expect(reports[0]).toMatchObject({ status: STATUS.cancelled, rscDeleted: true });
    runner.end();
    expect(reports[1]).toMatchObject({ status: STATUS.done, rscDeleted: true });
    expect(runner.living).toEqual([]);
  });

  it.each([
    ['unregistered and registered again', 'Fake'],
    ['replaced', 'Other'],
  ])('runs nothing beside what is left in flight of one that was %s', (how, type) => {
    const { exec, executor, runner, told } = makeKit();
    exec('start');
    if (how !== 'replaced') {
      executor.unregister('r1');
    }
    executor.register({ id: 'r1', class: 'ocf', provider: 'test', type }, false);
    exec('monitor');
    expect(runner.living).toEqual(['r1 start']);
    runner.end();
    expect(runner.living).toEqual(['r1 monitor']);
    runner.end({ rc: 7 });
    expect(told()).toEqual(['start 0 0', 'monitor 7 0']);
  });

  it('starts nothing of what it takes away', () => {
    const { exec, executor, runner, told } = makeKit();
    exec('start', { startDelayMs: 1000 });
    exec('monitor');
    exec('notify');
    expect(executor.unregister('r1')).toBe('done');
    expect(runner.runs).toEqual([]);
    expect(told()).toEqual(['start 0 1', 'monitor 0 1', 'notify 0 1']);
  });

  it('knows an unknown resource for what it is', () => {
    expect(makeKit().executor.unregister('nobody')).toBe('unknown');
  });
});

describe('register', () => {
  it('keeps what is the same in any case, and its operations', () => {
    const { exec, executor, told } = makeKit();
    exec('monitor', { intervalMs: 1000 });
    executor.register({ id: 'r1', class: 'OCF', provider: 'TEST', type: 'fake' }, true);
    expect(told()).toEqual([]);
    expect(executor.info('r1')?.class).toBe('ocf');
  });

  it('replaces what differs', () => {
    const { executor } = makeKit();
    executor.register({ id: 'r1', class: 'ocf', provider: 'test', type: 'Other' }, false);
    expect(executor.info('r1')?.type).toBe('Other');
  });

  it('drops recurring operations of those that asked for it, when the last controller leaves', () => {
    const { clock, exec, executor, runner, told } = makeKit();
    executor.register({ id: 'r2', class: 'ocf', provider: 'test', type: 'Fake' }, true);
    exec('monitor', { intervalMs: 1000 });
    exec('monitor', { rscId: 'r2', intervalMs: 1000 });
    runner.end();
    runner.end();
    told();
    executor.dropRecurring();
    expect(told()).toEqual(['monitor 0 1']);
    clock.advance(1000);
    expect(runner.living).toEqual(['r1 monitor']);
  });
});

describe('times', () => {
  it('are real for the first run and 0 for later ones; the change of result is kept', () => {
    const { clock, exec, reports, runner } = makeKit();
    exec('start');
    exec('monitor', { intervalMs: 1000 });
    clock.advance(250);
    runner.end();
    clock.advance(40);
    const changedAt = clock.epochSeconds();
    runner.end({ rc: 7, rawRc: 7 });
    clock.advance(1000);
    runner.end({ rc: 7, rawRc: 7 });
    expect(reports.map(({ times }) => times)).toEqual([
      { runTime: 1000, rcChangeTime: 0, execTimeMs: 250, queueTimeMs: 0 },
      { runTime: 1000, rcChangeTime: changedAt, execTimeMs: 40, queueTimeMs: 250 },
      { runTime: 0, rcChangeTime: changedAt, execTimeMs: 0, queueTimeMs: 0 },
    ]);
  });
});

describe('an action that an earlier daemon began', () => {
  it('keeps its resource waiting, and no other', () => {
    const { clock, runner, executor, exec, reports } = makeKit();
    let free: (() => void) | undefined;
    runner.waitForInherited = (rscId, onFree) => {
      free = rscId === 'held' ? onFree : free;
      return rscId === 'held';
    };
    executor.register({ id: 'held', class: 'ocf', provider: 'test', type: 'Fake' }, false);
    exec('start', { rscId: 'held' });
    exec('monitor', { rscId: 'held', intervalMs: 1000 });
    exec('monitor');
    clock.advance(10);
    expect(runner.living).toEqual(['r1 monitor']);
    free?.();
    expect(runner.living).toEqual(['r1 monitor', 'held start']);
    runner.end();
    runner.end();
    expect(runner.living).toEqual(['held monitor']);
    expect(reports.map(({ request }) => `${request.rscId} ${request.action}`)).toEqual([
      'r1 monitor',
      'held start',
    ]);
  });

  describe('is told as timed out when the earlier one does not end', () => {
    function makeHeld() {
      const kit = makeKit();
      const held: { free?: () => void } = {};
      kit.runner.waitForInherited = (_rscId, onFree) => {
        held.free = onFree;
        return true;
      };
      kit.executor.register({ id: 'held', class: 'ocf', provider: 'test', type: 'Fake' }, false);
      return { ...kit, held };
    }

    it('one after the other, each after its own timeout', () => {
      const { clock, runner, exec, reports, told, held } = makeHeld();
      exec('stop', { rscId: 'held', timeoutMs: 5000 });
      exec('start', { rscId: 'held', timeoutMs: 3000 });
      clock.advance(4999);
      expect(told()).toEqual([]);
      clock.advance(1);
      expect(told()).toEqual(['stop 1 2']);
      expect(reports[0]).toMatchObject({
        times: { runTime: 0, execTimeMs: 0 },
        exitReason: expect.stringContaining('blocks'),
      });
      clock.advance(3000);
      expect(told()).toEqual(['start 1 2']);
      held.free?.();
      expect(runner.living).toEqual([]);
      exec('monitor', { rscId: 'held' });
      expect(runner.living).toEqual(['held monitor']);
      runner.end({ rc: 7 });
      expect(told()).toEqual(['monitor 7 0']);
      expect(clock.waiting).toBe(0);
    });

    it('a recurring one again and again, and it runs when it can', () => {
      const { clock, runner, exec, told, held } = makeHeld();
      exec('monitor', { rscId: 'held', timeoutMs: 1000, intervalMs: 10_000 });
      clock.advance(1000);
      expect(told()).toEqual(['monitor 1 2']);
      clock.advance(11_000);
      expect(told()).toEqual(['monitor 1 2']);
      clock.advance(10_500);
      held.free?.();
      expect(runner.living).toEqual(['held monitor']);
      clock.advance(5000);
      runner.end();
      expect(told()).toEqual(['monitor 0 0']);
    });

    it('but not without a timeout, nor behind an operation of this daemon', () => {
      const { clock, runner, exec, told, held } = makeHeld();
      exec('start', { rscId: 'held', timeoutMs: 0 });
      exec('monitor', { rscId: 'held', timeoutMs: 1000 });
      clock.advance(86_400_000);
      expect(told()).toEqual([]);
      held.free?.();
      clock.advance(86_400_000);
      expect(told()).toEqual([]);
      expect(runner.living).toEqual(['held start']);
    });
  });

  it('lets what waits be cancelled', () => {
    const { runner, executor, exec, told } = makeKit();
    runner.waitForInherited = () => true;
    executor.register({ id: 'held', class: 'ocf', provider: 'test', type: 'Fake' }, false);
    exec('start', { rscId: 'held' });
    executor.unregister('held');
    expect(told()).toEqual(['start 0 1']);
    expect(runner.runs).toEqual([]);
  });
});

describe('what an operation took of the machine', () => {
  it('is told with its result, in the log and not to controllers', () => {
    const heard = listenTo('op.finished', 'op.recurred');
    const { clock, exec, runner, reports } = makeKit();
    exec('monitor', { intervalMs: 1000 });
    runner.end({ usage: { cpuMs: 12, maxRssKb: 3400 } });
    clock.advance(1000);
    runner.end({ usage: { cpuMs: 13, maxRssKb: 3401 } });
    exec('start');
    runner.end();
    heard.stop();
    expect(heard.events).toMatchObject([
      { name: 'op.finished', cpuMs: 12, maxRssKb: 3400 },
      { name: 'op.recurred', cpuMs: 13, maxRssKb: 3401 },
      { name: 'op.finished', op: 'start' },
    ]);
    expect(heard.events[2]).not.toHaveProperty('cpuMs');
    expect(reports[0]).not.toHaveProperty('usage');
  });
});
