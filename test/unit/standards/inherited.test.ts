import { describe, expect, it } from 'vitest';
import type { Exit, InheritedRun } from '../../../src/process/runner.ts';
import { InheritedActions, purposeOf } from '../../../src/standards/inherited.ts';

const ACTION = {
  rsc: { id: 'web', class: 'ocf', provider: 'test', type: 'x' },
  name: 'start',
  intervalMs: 0,
  timeoutMs: 1,
  parameters: new Map<string, string>(),
};

function inherit(purpose: string): {
  readonly run: InheritedRun;
  readonly end: (exit: Exit) => Promise<void>;
} {
  const { promise, resolve } = Promise.withResolvers<Exit>();
  return {
    run: { purpose, pid: 1, ageMs: 2, ended: promise },
    end: async (exit) => {
      resolve(exit);
      await promise;
    },
  };
}

describe('inherited actions', () => {
  it('hold their resource until the last of them has ended', async () => {
    const actions = new InheritedActions();
    const [one, two] = [inherit(purposeOf(ACTION)), inherit(purposeOf({ ...ACTION, callId: 4 }))];
    actions.add([one.run, two.run]);
    const freed: string[] = [];
    expect(actions.wait('web', () => freed.push('first'))).toBe(true);
    expect(actions.wait('web', () => freed.push('second'))).toBe(true);
    await one.end({ kind: 'exited', code: 0 });
    expect(freed).toEqual([]);
    await two.end({ kind: 'signalled', signal: 'SIGKILL' });
    expect(freed).toEqual(['first', 'second']);
    expect(actions.wait('web', () => freed.push('never'))).toBe(false);
  });

  it('hold no other resource', () => {
    const actions = new InheritedActions();
    actions.add([inherit(purposeOf(ACTION)).run]);
    expect(actions.wait('other', () => undefined)).toBe(false);
  });

  it.each(['', 'x', 'null', '7', '{}', '{"rsc":1,"op":"x"}', '[]'])(
    'are no concern when they say %j',
    async (text) => {
      const actions = new InheritedActions();
      const { run, end } = inherit(text);
      actions.add([run]);
      await end({ kind: 'timed-out' });
      expect(actions.wait('web', () => undefined)).toBe(false);
    },
  );
});
