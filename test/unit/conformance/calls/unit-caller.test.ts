import { describe, expect, it } from 'vitest';
import { UnitCaller } from '../../../../src/conformance/calls/unit-caller.ts';
import type { Action } from '../../../../src/standards/action.ts';
import { type ActionResult, OCF, plainResult, STATUS } from '../../../../src/standards/result.ts';
import { fakeSubject } from '../../../helpers/conformance/fake-trial.ts';

const CALL = {
  action: 'start',
  instance: { name: 'one', parameters: {} },
  ...{ intervalMs: 0, timeoutMs: 20_000, options: {} },
};

/** Answers at once; without an answer only when it is killed. */
function runner(result?: ActionResult) {
  const seen: Action[] = [];
  return {
    seen,
    run(action: Action, onEnd: (ended: ActionResult) => void) {
      seen.push(action);
      if (result !== undefined) {
        queueMicrotask(() => onEnd(result));
      }
      return {
        kill: () => {
          queueMicrotask(() => onEnd(plainResult(OCF.error, STATUS.cancelled)));
          return undefined;
        },
      };
    },
  };
}

const subject = fakeSubject({ class: 'systemd', type: 'web' });
const { signal } = new AbortController();

describe('UnitCaller', () => {
  it('runs actions of a resource of the instance', async () => {
    const fake = runner({ ...plainResult(OCF.error, STATUS.error, 'no'), output: 'said' });
    expect(await new UnitCaller(fake, subject).call(CALL, signal)).toMatchObject({
      ...{ end: { kind: 'exited', code: 1 }, exitReason: 'no', stdout: '', stderr: 'said', heldMs: 0 },
    });
    expect(fake.seen).toMatchObject([
      { rsc: { id: 'one', class: 'systemd', type: 'web' }, name: 'start', timeoutMs: 20_000 },
    ]);
  });

  it('tells a timeout from a failure', async () => {
    const fake = runner(plainResult(OCF.error, STATUS.timedOut));
    const { end } = await new UnitCaller(fake, subject).call(CALL, signal);
    expect(end).toEqual({ kind: 'timed-out', limitMs: 20_000 });
  });

  it('ends early where a check wants that', async () => {
    const call = { ...CALL, options: { killAfterMs: 1 } };
    expect((await new UnitCaller(runner(), subject).call(call, signal)).end).toEqual({ kind: 'killed' });
  });

  it.each([
    ['before', AbortSignal.abort()],
    ['meanwhile', AbortSignal.timeout(1)],
  ])('ends when the check does, %s', async (_, over) => {
    expect((await new UnitCaller(runner(), subject).call(CALL, over)).end).toEqual({ kind: 'killed' });
  });
});
