import { describe, expect, it } from 'vitest';
import type { Check, Level } from '../../../src/conformance/check.ts';
import { select, type Wish } from '../../../src/conformance/selection.ts';

function check(id: string, level: Level = 'must'): Check {
  const text = { title: id, why: id, source: id, remedy: id };
  return { id, class: 'ocf', level, ...text, needs: [], run: async () => undefined };
}

const CHECKS = [
  check('META-01'),
  check('META-09', 'should'),
  check('ACT-01'),
  check('ACT-02'),
  check('ACT-12', 'should'),
  check('CASE-after.reload'),
];

const chosen = (wish: Partial<Wish>): string[] =>
  select(CHECKS, { only: [], skip: [], level: 'all', ...wish }).chosen.map(({ id }) => id);

describe('which checks are run', () => {
  it.each<[string, Partial<Wish>, string[]]>([
    ['all of them', {}, CHECKS.map(({ id }) => id)],
    ['one, in any case of letters', { only: ['act-02'] }, ['ACT-02']],
    ['a group', { only: ['ACT'] }, ['ACT-01', 'ACT-02', 'ACT-12']],
    [
      'by the order of the catalogue, each once',
      { only: ['ACT-02', 'META', 'ACT-0?'] },
      ['META-01', 'META-09', 'ACT-01', 'ACT-02'],
    ],
    ['by a pattern', { only: ['*-01'] }, ['META-01', 'ACT-01']],
    ['by a pattern of groups', { only: ['M*'] }, ['META-01', 'META-09']],
    ['without some', { skip: ['ACT', 'CASE'] }, ['META-01', 'META-09']],
    ['skip before only', { only: ['ACT'], skip: ['ACT-01'] }, ['ACT-02', 'ACT-12']],
    ['of one level', { level: 'should' }, ['META-09', 'ACT-12']],
    ['a name with a point', { only: ['CASE-after.reload'] }, ['CASE-after.reload']],
  ])('%s', (_, wish, ids) => {
    expect(chosen(wish)).toEqual(ids);
  });

  it.each<[Partial<Wish>, string]>([
    [
      { only: ['ACT-3'] },
      'Expected --only to name a check or a group of checks, got "ACT-3"; did you mean ACT-01?',
    ],
    [{ skip: ['ATC'] }, 'Expected --skip to name a check or a group of checks, got "ATC"; did you mean ACT?'],
    [
      { only: ['ACT-0'] },
      'Expected --only to name a check or a group of checks, got "ACT-0"; did you mean ACT-01?',
    ],
    [
      { only: ['CASE-afterXreload'] },
      'Expected --only to name a check or a group of checks, got "CASE-afterXreload"; did you mean CASE-after.reload?',
    ],
    [
      { only: ['nothing'] },
      'Expected --only to name a check or a group of checks, got "nothing"; bundlet conformance --list shows them',
    ],
    [
      { only: ['ACT-01'], level: 'should' },
      'Expected --only, --skip and --level to leave a check, got none; bundlet conformance --list shows them',
    ],
  ])('refuses %j', (wish, message) => {
    expect(() => chosen(wish)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', message }));
  });

  it('says why the others are not', () => {
    const { leftOut } = select(CHECKS, { only: ['ACT'], skip: ['ACT-01'], level: 'must' });
    expect(Object.fromEntries(leftOut.map(({ check: { id }, reason }) => [id, reason]))).toEqual({
      'META-01': '--only does not name it',
      'META-09': '--only does not name it',
      'ACT-01': '--skip names it',
      'ACT-12': 'its level is should',
      'CASE-after.reload': '--only does not name it',
    });
  });
});
