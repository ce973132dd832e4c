import { describe, expect, it } from 'vitest';
import type { Exit } from '../../../src/process/runner.ts';
import { exitReasonIn } from '../../../src/standards/exit-reason.ts';
import {
  lookupFailure,
  ocfLookupFailure,
  ocfProcessResult,
  readableDuration,
} from '../../../src/standards/process-result.ts';

const NOTHING = { stdout: '', stderr: '' };

describe('the result of an OCF agent', () => {
  // [protocol 5.10]: 0–9, 190 and 191 pass, everything else becomes 1.
  it.each(Array.from({ length: 256 }, (_none, code) => code))('exit status %i', (code) => {
    const passes = code <= 9 || code === 190 || code === 191;
    const { rc, status, rawRc } = ocfProcessResult({ kind: 'exited', code }, NOTHING, 0);
    expect([rc, status, rawRc]).toEqual([passes ? code : 1, 0, code]);
  });

  it.each<[string, Exit, number, number, string | undefined]>([
    [
      'a signal',
      { kind: 'signalled', signal: 'SIGSEGV' },
      1,
      4,
      'Resource agent interrupted by Segmentation fault signal',
    ],
    [
      'a signal without a text',
      { kind: 'signalled', signal: 'SIGPROF' },
      1,
      4,
      'Resource agent interrupted by Unknown signal 27 signal',
    ],
    ['a timeout', { kind: 'timed-out' }, 1, 2, 'Resource agent did not complete within 20s'],
    [
      'no execute permission',
      { kind: 'not-started', errno: 'EACCES' },
      4,
      0,
      'Child process was unable to execute file',
    ],
    [
      'a wrong format',
      { kind: 'not-started', errno: 'ENOEXEC' },
      5,
      0,
      'Child process was unable to execute file',
    ],
    [
      'an interpreter that is gone',
      { kind: 'not-started', errno: 'ENOENT' },
      5,
      0,
      'Child process was unable to execute file',
    ],
    ['no processes left', { kind: 'not-started', errno: 'EAGAIN' }, 1, 4, 'Resource temporarily unavailable'],
    ['no descriptors left', { kind: 'not-started', errno: 'EMFILE' }, 1, 4, 'Too many open files'],
  ])('%s', (_what, exit, rc, status, reason) => {
    const result = ocfProcessResult(exit, NOTHING, 20_000);
    expect([result.rc, result.status, result.exitReason]).toEqual([rc, status, reason]);
  });

  it.each([
    ['stderr if there is any', { stdout: 'out', stderr: 'err' }, 'err'],
    ['stdout otherwise', { stdout: 'out', stderr: '' }, 'out'],
    ['nothing if there is nothing', NOTHING, undefined],
  ])('reports %s', (_what, output, expected) => {
    expect(ocfProcessResult({ kind: 'exited', code: 0 }, output, 0).output).toBe(expected);
  });

  it('keeps what was written before a timeout', () => {
    expect(ocfProcessResult({ kind: 'timed-out' }, { stdout: 'so far', stderr: '' }, 1).output).toBe(
      'so far',
    );
  });
});

describe('the exit reason', () => {
  it.each([
    ['ocf-exit-reason:one\nocf-exit-reason:two\nmore', 'two'],
    ['x ocf-exit-reason:at the end', 'at the end'],
    ['ocf-exit-reason:\n', undefined],
    ['ocf-exit-reason', undefined],
    ['', undefined],
  ])('in %j is %s', (stderr, expected) => {
    expect(exitReasonIn(stderr)).toBe(expected);
  });
});

describe('an agent that can not be found', () => {
  it.each([
    ['ENOENT', 5, 7, 'Fake: No such file or directory'],
    ['ENOTDIR', 5, 7, 'Fake: Not a directory'],
    ['EISDIR', 5, 7, 'Fake: Is a directory'],
    ['EACCES', 4, 4, 'Fake: Permission denied'],
    ['EPERM', 4, 4, 'Fake: Operation not permitted'],
    ['EMFILE', 1, 4, 'Too many open files'],
    ['EWHATEVER', 1, 4, 'EWHATEVER'],
  ])('%s gives rc %i, status %i', (errno, rc, status, reason) => {
    expect(lookupFailure('Fake', errno)).toMatchObject({ rc, status, exitReason: reason });
  });

  it.each([
    ['ENOENT', 'No such file or directory'],
    ['EACCES', 'Permission denied'],
    ['ELOOP', 'Too many levels of symbolic links'],
  ])('%s means not installed for an OCF agent', (errno, text) => {
    expect(ocfLookupFailure('Fake', errno)).toMatchObject({ rc: 5, status: 7, exitReason: `Fake: ${text}` });
  });
});

describe('a duration', () => {
  it.each([
    [0, '0ms'],
    [500, '500ms'],
    [1000, '1s'],
    [1500, '1.500s'],
    [20_000, '20s'],
    [60_000, '1m'],
    [100_000, '1m40s'],
    [3_600_000, '1h'],
    [90_061_000, '1d1h1m1s'],
  ])('of %i ms is %s', (ms, expected) => {
    expect(readableDuration(ms)).toBe(expected);
  });
});
