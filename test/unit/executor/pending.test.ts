import { describe, expect, it } from 'vitest';
import { pendingResult } from '../../../src/standards/result.ts';
import { makeKit } from './kit.ts';

const INTERVAL_MS = 1000;
const TIMEOUT_MS = 3000;

/** A recurring monitor that gave each of these results, one an interval. */
function monitorThrough(results: readonly ('ok' | 'pending')[], timeoutMs = TIMEOUT_MS): string[] {
  const { clock, exec, runner, told } = makeKit();
  exec('monitor', { intervalMs: INTERVAL_MS, timeoutMs });
  for (const result of results) {
    runner.end(result === 'ok' ? {} : pendingResult());
    clock.advance(INTERVAL_MS);
  }
  return told();
}

describe('a recurring monitor of a unit that is being started or stopped', () => {
  it('is told as pending until its timeout is over, then as timed out', () => {
    const results = monitorThrough(['ok', 'pending', 'pending', 'pending', 'pending']);
    const pending = 'monitor 193 -1';
    expect(results).toEqual(['monitor 0 0', pending, pending, pending, 'monitor 1 2']);
  });

  it('counts anew after it timed out', () => {
    const results = monitorThrough(Array.from({ length: 6 }, () => 'pending' as const));
    expect(results.map((text) => text.split(' ')[2])).toEqual(['-1', '-1', '-1', '2', '-1', '-1']);
  });

  it('counts anew after another result', () => {
    const results = monitorThrough(['pending', 'pending', 'pending', 'ok', 'pending', 'pending']);
    expect(results.at(-1)).toBe('monitor 193 -1');
  });

  it('is pending for ever without a timeout', () => {
    const results = monitorThrough(
      Array.from({ length: 50 }, () => 'pending' as const),
      0,
    );
    expect(new Set(results)).toEqual(new Set(['monitor 193 -1']));
  });

  it('tells why', () => {
    const { clock, exec, runner, reports } = makeKit();
    exec('monitor', { intervalMs: INTERVAL_MS, timeoutMs: 1 });
    runner.end(pendingResult());
    clock.advance(INTERVAL_MS);
    runner.end(pendingResult());
    expect(reports[1]).toMatchObject({
      rc: 1,
      status: 2,
      exitReason: 'Investigate reason for timeout, and adjust configured operation timeout if necessary',
    });
    // It became pending once, a second ago.
    expect(reports[1]?.times.rcChangeTime).toBe(reports[0]?.times.rcChangeTime);
  });
});
