import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { AgentError } from '../../../../src/errors/agent-error.ts';
import { outcomeOf } from '../../../../src/proxy/tools/outcome.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';

const { errno } = constants;

describe('waiting for an answer of the cluster', () => {
  /** A wait of one second, and what can happen meanwhile. */
  function wait(isGone = false) {
    const clock = new FakeClock();
    const abort = new AbortController();
    const asked = Promise.withResolvers<string>();
    if (isGone) {
      abort.abort();
    }
    const outcome = outcomeOf(asked.promise, { clock, signal: abort.signal }, 1000);
    return { clock, abort, asked, outcome };
  }

  it('gives the answer, and leaves no timer', async () => {
    const { clock, asked, outcome } = wait();
    asked.resolve('yes');
    expect(await outcome).toEqual({ kind: 'answer', answer: 'yes' });
    expect(clock.waiting).toBe(0);
  });

  it("ends at the limit, not before; what fails later is nobody's error", async () => {
    const { clock, asked, outcome } = wait();
    clock.advance(999);
    expect(clock.waiting).toBe(1);
    clock.advance(1);
    expect(await outcome).toEqual({ kind: 'failed', errno: errno.ETIMEDOUT });
    asked.reject(new Error('too late'));
  });

  it.each([false, true])('ends with its caller, gone before it began: %s', async (isGone) => {
    const { clock, abort, outcome } = wait(isGone);
    abort.abort();
    expect(await outcome).toEqual({ kind: 'failed', errno: errno.ETIMEDOUT });
    expect(clock.waiting).toBe(0);
  });

  it.each([
    ['CONNECTION_LOST', errno.ENOTCONN],
    ['MESSAGE_INVALID', errno.EPROTO],
  ] as const)('takes %s for error number %i', async (code, expected) => {
    const { asked, outcome } = wait();
    asked.reject(new AgentError(code, 'Expected an answer, none came'));
    expect(await outcome).toEqual({ kind: 'failed', errno: expected });
  });

  it('hides no fault of ours', async () => {
    const { clock, asked, outcome } = wait();
    asked.reject(new TypeError('ours'));
    await expect(outcome).rejects.toThrow('ours');
    expect(clock.waiting).toBe(0);
  });
});
