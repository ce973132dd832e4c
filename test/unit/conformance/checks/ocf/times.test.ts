import { describe, expect, it } from 'vitest';
import { TIMES_CHECKS } from '../../../../../src/conformance/checks/ocf/times.ts';
import {
  carryOutServiced,
  checkNamed,
  HUNG,
  type ServicedFaults,
} from '../../../../helpers/conformance/serviced.ts';

const slow = (ms: number) => ({ end: { kind: 'exited', code: 0 }, ms }) as const;

/** What is broken, and what is said about it. */
const CAUGHT: readonly (readonly [string, string, ServicedFaults, RegExp])[] = [
  ['TIME-01', 'monitor hangs', { monitor: ({ own }) => (own.length > 0 ? HUNG : undefined) }, /none/],
  ['TIME-01', 'stop hangs', { stop: () => HUNG }, /none/],
  [
    'TIME-02',
    'monitor takes a quarter of its timeout',
    { monitor: ({ own }) => (own.length > 0 ? slow(5000) : undefined) },
    /a median of 5000 ms/,
  ],
  [
    'TIME-03',
    'start takes most of its timeout',
    {
      start: ({ answer }) => {
        answer();
        return slow(12_000);
      },
    },
    /20000 ms/,
  ],
  [
    'TIME-04',
    'monitor tries five times',
    {
      monitor: ({ own, wasStarted }) =>
        own.length === 0 && wasStarted ? { ...slow(5100), end: { kind: 'exited', code: 7 } } : undefined,
    },
    /5100 ms/,
  ],
];

describe('checks of times', () => {
  it.each(TIMES_CHECKS)('$id finds nothing wrong with a good agent', async (check) => {
    const { verdict, findings } = await carryOutServiced(check);
    expect({ verdict, findings }).toEqual({ verdict: 'passed', findings: [] });
  });

  it.each(CAUGHT)('%s: %s', async (id, _, faults, seen) => {
    const { verdict, findings } = await carryOutServiced(checkNamed(TIMES_CHECKS, id), faults);
    expect(verdict).toBe('failed');
    expect(findings.map((finding) => finding.seen).join('\n')).toMatch(seen);
  });

  it('TIME-01 does not wait for what has hung once', async () => {
    const { calls } = await carryOutServiced(checkNamed(TIMES_CHECKS, 'TIME-01'), { stop: () => HUNG });
    expect(calls.filter(({ action }) => action === 'stop')).toHaveLength(1);
  });

  it('TIME-02 says what monitors cost', async () => {
    const faults: ServicedFaults = {
      monitor: ({ own }) => (own.length > 0 ? { ...slow(12), cpuMs: 8, forks: 47 } : undefined),
    };
    const { notes } = await carryOutServiced(checkNamed(TIMES_CHECKS, 'TIME-02'), faults);
    expect(notes).toEqual(['median 12 ms, p95 12 ms, CPU 8 ms, 47 processes']);
  });
});
