import { describe, expect, it } from 'vitest';
import type { Completion } from '../../../../src/client/index.ts';
import type { Call } from '../../../../src/conformance/caller.ts';
import type { CheckedClass } from '../../../../src/conformance/kinds.ts';
import { readCompletion } from '../../../../src/conformance/remote/read-completion.ts';
import { fakeSubject } from '../../../helpers/conformance/fake-trial.ts';

const call = (action: string, options: Call['options'] = {}): Call => ({
  action,
  instance: { name: 'one', parameters: {} },
  intervalMs: 0,
  timeoutMs: 20_000,
  options,
});

const DONE: Completion = {
  ...{
    rscId: 'x',
    action: 'start',
    intervalMs: 0,
    timeoutMs: 20_000,
    startDelayMs: 0,
    parameters: new Map(),
  },
  ...{ callId: 1, rc: 0, status: 0, rscDeleted: false, runTime: 1, rcChangeTime: 1 },
  ...{ execTimeMs: 12, queueTimeMs: 0 },
};

const read = (action: string, done: Partial<Completion>, checked: CheckedClass = 'ocf', options = {}) =>
  readCompletion(fakeSubject({ class: checked }), call(action, options), { ...DONE, ...done });

describe('readCompletion', () => {
  it('tells code, reason and time', () => {
    expect(read('start', { rc: 1, exitReason: 'no disk' })).toEqual({
      end: { kind: 'exited', code: 1 },
      exitReason: 'no disk',
      ...{ stdout: '', stderr: '', ms: 12, heldMs: 0 },
    });
  });

  it.each([
    ['its timeout', { status: 2, rc: 1 }, {}, { kind: 'timed-out', limitMs: 20_000 }],
    ['an end that the check wanted', { status: 2, rc: 1 }, { killAfterMs: 50 }, { kind: 'killed' }],
    ['an end that somebody else wanted', { status: 1, rc: 0 }, {}, { kind: 'killed' }],
  ])('tells %s from an exit', (_, done, options, end) => {
    expect(read('start', done, 'ocf', options).end).toEqual(end);
  });

  it.each([
    [0, 0],
    [7, 3],
    [5, 150],
    [4, 151],
    [1, 4],
  ])('makes of code %d the status %d of an init script', (rc, code) => {
    expect(read('status', { rc }, 'lsb').end).toEqual({ kind: 'exited', code });
    expect(read('start', { rc }, 'lsb').end).toEqual({ kind: 'exited', code: rc });
  });

  it('takes output for an answer where the action is for that', () => {
    expect(read('meta-data', { output: '<a/>\n' })).toMatchObject({ stdout: '<a/>\n', stderr: '' });
    expect(read('start', { output: 'well\n' })).toMatchObject({ stdout: '', stderr: 'well\n' });
  });

  it.each([
    ['one\\ntwo\\tthree\\033[1m\\n', 'one\ntwo\tthree\u001b[1m\n'],
    ['a \\n of its own\n', 'a \\n of its own\n'],
    ['no line', 'no line'],
  ])('gives lines back that an old daemon has escaped', (output, text) => {
    expect(read('start', { output }).stderr).toBe(text);
  });
});
