import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { reliedOnMs, WatchdogCheck, type WatchdogOptions } from '../../../src/session/watchdog-check.ts';
import { type HeardEvents, listenTo } from '../../helpers/events.ts';

describe('the time in which a cluster relies on the watchdog', () => {
  // Each of these was tried against the C daemon 2.1.5.
  it.each([
    [undefined, 5000, 0],
    ['0', 5000, 0],
    ['10', 5000, 10_000],
    ['3s', 5000, 3000],
    ['500ms', 0, 500],
    ['-1', 5000, 10_000],
    ['-1', 0, 0],
    ['soon', 5000, 10_000],
    ['soon', 0, 0],
    ['', 0, 0],
  ])('%j with SBD_WATCHDOG_TIMEOUT=%i ms is %i ms', (value, sbdTimeoutMs, expected) => {
    expect(reliedOnMs(value, sbdTimeoutMs)).toBe(expected);
  });
});

describe('a watchdog check', () => {
  let heard: HeardEvents;

  beforeEach(() => {
    heard = listenTo('watchdog.protects', 'watchdog.unprotected');
  });

  afterEach(() => heard.stop());

  const check = async (value: string, options: Partial<WatchdogOptions>) => {
    const findProcess = vi.fn(options.findProcess ?? (() => Promise.resolve(42)));
    const onUnprotected = vi.fn();
    const made = new WatchdogCheck({ sbdTimeoutMs: 5000, onUnprotected, ...options, findProcess });
    made.check(value, 'peer');
    made.check(value, 'peer');
    await vi.waitFor(() => expect(heard.events).toHaveLength(1));
    return { findProcess, onUnprotected, made };
  };

  it('is content when sbd runs and the time is long enough', async () => {
    const { findProcess, onUnprotected } = await check('5', {});
    expect(heard.events).toEqual([{ name: 'watchdog.protects', peer: 'peer', timeoutMs: 5000 }]);
    expect(findProcess).toHaveBeenCalledExactlyOnceWith('sbd');
    expect(onUnprotected).not.toHaveBeenCalled();
  });

  it.each<[string, string, Partial<WatchdogOptions>, RegExp]>([
    ['sbd does not run', '10', { findProcess: () => Promise.resolve(undefined) }, /sbd to run/],
    ['the time is too short', '4999ms', {}, /at least SBD_WATCHDOG_TIMEOUT, 5000 ms/],
    ['nobody can tell', '10', { findProcess: () => Promise.reject(new Error('EACCES')) }, /EACCES/],
  ])('complains when %s', async (_what, value, options, problem) => {
    const { onUnprotected, made } = await check(value, options);
    expect(heard.events).toEqual([
      expect.objectContaining({
        name: 'watchdog.unprotected',
        peer: 'peer',
        problem: expect.stringMatching(problem),
      }),
    ]);
    await vi.waitFor(() => expect(onUnprotected).toHaveBeenCalledOnce());
    made.check(value, 'peer');
    await vi.waitFor(() => expect(heard.events).toHaveLength(2));
  });

  it('does not look where the cluster does not rely on it', () => {
    const findProcess = vi.fn();
    new WatchdogCheck({ sbdTimeoutMs: 0, findProcess }).check('-1', 'peer');
    expect(findProcess).not.toHaveBeenCalled();
  });
});
