import { describe, expect, it } from 'vitest';
import { CASES } from './cases/index.ts';
import { matches } from './engine/match.ts';
import { choose, readOptions, UsageError } from './options.ts';

describe('the cases', () => {
  it('have names of their own', () => {
    const names = CASES.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it.each(CASES.map((one) => [one.name, one] as const))(
    '%s says in `differs` what it plays for one daemon only',
    (_name, one) => {
      const played = new Set(one.steps.map(({ only }) => only).filter((only) => only !== undefined));
      expect([...played].sort()).toEqual(one.differs === undefined || played.size === 0 ? [] : ['c', 'ours']);
      expect(one.differs !== undefined).toBe(played.size > 0);
    },
  );

  it('hold every name of cts-exec that is about a remote daemon', () => {
    const generic = [
      'registration',
      'start_stop',
      'monitor_cancel',
      'monitor_duplicate',
      'stop_implies_cancel',
    ];
    const named = [
      ...['ocf', 'lsb', 'service', 'systemd'].flatMap((name) =>
        generic.map((what) => `generic_${what}_${name}`),
      ),
      'multi_rsc_start_stop_all_including_stonith',
      ...['ocf_start_timeout', 'monitor_fail_ocf', 'monitor_changes_only', 'monitor_fail_systemd'],
      ...['cancel_non_existent_op', 'invoke_non_existent_rsc', 'start_uninstalled_systemd'],
      ...['start_uninstalled_ocf', 'start_ocf_bad_provider', 'start_ocf_no_provider', 'ocf_stress'],
      ...['systemd_stress', 'rsc_inflight_collision', 'rsc_tmp_dir', 'start_delay', 'start_delay_cancel'],
      ...['verify_get_rsc_info', 'duplicate_registration', 'notify_orig_client_only'],
    ];
    const names = new Set(CASES.map(({ name }) => name));
    expect(named.filter((name) => !names.has(name))).toEqual([]);
  });
});

describe('what is expected', () => {
  const kept = new Map([['call', 7]]);

  it.each([
    ['equal', 1, 1, true],
    ['another', 1, 2, false],
    ['text for a number', 1, '1', false],
    ['absent', undefined, undefined, true],
    ['not absent', undefined, 0, false],
    ['matched', /^a/, 'ab', true],
    ['not matched', /^a/, 'b', false],
    ['no text', /^a/, 1, false],
    ['within', { atLeast: 1, atMost: 2 }, 2, true],
    ['below', { atLeast: 1 }, 0, false],
    ['above', { atMost: 2 }, 3, false],
    ['no number', { atLeast: 1 }, '1', false],
    ['kept', { ref: 'call' }, 7, true],
    ['not kept', { ref: 'call' }, 8, false],
    ['never kept', { ref: 'other' }, 7, false],
    ['with more fields', { a: 1 }, { a: 1, b: 2 }, true],
    ['with fewer fields', { a: 1, b: 2 }, { a: 1 }, false],
    ['nothing', { a: 1 }, undefined, false],
  ])('%s', (_what, expected, value, is) => {
    expect(matches(expected, value, kept)).toBe(is);
  });
});

describe('the command line', () => {
  it('chooses by name and by what a case needs', () => {
    const names = (...args: string[]): string[] => choose(CASES, readOptions(args)).map(({ name }) => name);
    expect(names()).toHaveLength(CASES.length);
    expect(names('--only', '^ocf_stress$', '--only', '^start_delay$')).toEqual(['ocf_stress', 'start_delay']);
    expect(names('--class', 'lsb', '--only', 'start_stop')).toEqual(['generic_start_stop_lsb']);
  });

  it.each([
    ['--jobs', '0'],
    ['--jobs', 'many'],
    ['--jobs', '65'],
    ['--class', 'upstart'],
    ['--only', '('],
    ['--daemon', ' '],
    ['--nonsense'],
    ['nonsense'],
  ])('refuses %s %s with what it expected', (...args) => {
    expect(() => readOptions(args.filter((arg) => arg !== undefined))).toThrow(UsageError);
  });

  it('refuses a choice that leaves nothing', () => {
    expect(() => choose(CASES, readOptions(['--only', 'no such case']))).toThrow('at least one case');
  });
});
