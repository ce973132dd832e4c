import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/observe/clock.ts';

const DAY_MS = 86_400_000;

describe('systemClock', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_700_000_000_900 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([0, 1, 2 ** 31 - 1, 2 ** 31, 60 * DAY_MS])('fires once after %i ms and not before', (delayMs) => {
    const fire = vi.fn();
    systemClock.setTimer(delayMs, fire);
    vi.advanceTimersByTime(Math.max(0, delayMs - 1));
    expect(fire).toHaveBeenCalledTimes(delayMs === 0 ? 1 : 0);
    vi.advanceTimersByTime(100 * DAY_MS);
    expect(fire).toHaveBeenCalledTimes(1);
  });

  it('calls off a timer in any part of a long wait', () => {
    const fire = vi.fn();
    const timer = systemClock.setTimer(60 * DAY_MS, fire);
    vi.advanceTimersByTime(50 * DAY_MS);
    timer.cancel();
    timer.cancel();
    vi.advanceTimersByTime(100 * DAY_MS);
    expect(fire).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('tells whole seconds of the wall, and milliseconds that only grow', () => {
    expect(systemClock.epochSeconds()).toBe(1_700_000_000);
    const before = systemClock.nowMs();
    vi.advanceTimersByTime(5);
    vi.setSystemTime(0);
    expect(systemClock.nowMs()).toBeGreaterThanOrEqual(before);
  });
});
