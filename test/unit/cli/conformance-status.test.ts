import { describe, expect, it } from 'vitest';
import { statusOf } from '../../../src/cli/conformance-status.ts';
import { describeError } from '../../../src/cli/exit-status.ts';
import { AgentError } from '../../../src/errors/agent-error.ts';

const summary = (mustFailed: number, shouldFailed: number, broken: number) => ({
  summary: { mustFailed, shouldFailed, broken, passed: 1, skipped: 1 },
});

describe('the exit status', () => {
  it.each([
    [0, 0, 0, 0, 0],
    [1, 0, 0, 1, 1],
    [0, 1, 0, 0, 1],
    [0, 0, 1, 3, 3],
    [1, 1, 1, 3, 3],
  ])('of %i MUST, %i SHOULD, %i broken is %i, strictly %i', (must, should, broken, usual, strict) => {
    expect(statusOf(summary(must, should, broken), false)).toBe(usual);
    expect(statusOf(summary(must, should, broken), true)).toBe(strict);
  });

  it.each([
    [0, 0],
    [1, 1],
  ])('beside a baseline with %i that is worse is %i, whatever else fails', (count, status) => {
    const comparison = { regressions: Array.from({ length: count }, () => 'worse'), better: [] };
    expect(statusOf({ ...summary(1, 1, 0), comparison }, true)).toBe(status);
    expect(statusOf({ ...summary(0, 0, 1), comparison }, true)).toBe(3);
  });

  it('of an error is 2 for a mistake, 3 for what can not be, and for a fault of ours with its trace', () => {
    expect(describeError(new AgentError('CONFIG_INVALID', 'x'))).toEqual({ text: 'x', status: 2 });
    expect(describeError(new AgentError('SANDBOX_UNAVAILABLE', 'x'))).toEqual({ text: 'x', status: 3 });
    const { text, status } = describeError(new TypeError('y'));
    expect(status).toBe(3);
    expect(text).toMatch(/^This is a fault of bundlet, please report it: TypeError: y\n\s+at /);
  });
});
