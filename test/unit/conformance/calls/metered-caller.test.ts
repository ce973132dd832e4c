import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Call, CallEnd, Caller } from '../../../../src/conformance/caller.ts';
import { MeteredCaller } from '../../../../src/conformance/calls/metered-caller.ts';

const END: CallEnd = { end: { kind: 'exited', code: 0 }, stdout: '', stderr: '', ms: 1, heldMs: 0 };
const CALL: Call = {
  action: 'monitor',
  instance: { name: 'one', parameters: {} },
  intervalMs: 0,
  timeoutMs: 1000,
  options: {},
};
const { signal } = new AbortController();

const calling = (call: Caller['call']): Caller => ({ call });

describe('costs', () => {
  it('are time of the CPU that children took, and processes where nobody else makes any', async () => {
    const spins = calling(async () => {
      execFileSync('/bin/sh', ['-c', 'i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done']);
      return END;
    });
    const end = await new MeteredCaller(spins, true).call(CALL, signal);
    expect(end.cpuMs).toBeGreaterThan(0);
    expect(end.forks).toBeGreaterThanOrEqual(0);
    expect(await new MeteredCaller(spins, false).call(CALL, signal)).not.toHaveProperty('forks');
  });

  it('are not told of calls that overlap, and again of the next one', async () => {
    const ends = [Promise.withResolvers<CallEnd>(), Promise.withResolvers<CallEnd>()];
    const waiting = ends.map(({ promise }) => promise);
    const metered = new MeteredCaller(
      calling(() => waiting.shift() ?? Promise.resolve(END)),
      false,
    );
    const both = [metered.call(CALL, signal), metered.call(CALL, signal)];
    for (const { resolve } of ends) {
      resolve(END);
    }
    expect(await Promise.all(both)).toEqual([END, END]);
    expect(await metered.call(CALL, signal)).toHaveProperty('cpuMs');
  });

  it('are not told of what was not started', async () => {
    const end: CallEnd = { ...END, end: { kind: 'not-started', errno: 'EACCES' } };
    expect(
      await new MeteredCaller(
        calling(async () => end),
        true,
      ).call(CALL, signal),
    ).toEqual(end);
  });
});
