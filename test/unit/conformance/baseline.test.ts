import { describe, expect, it } from 'vitest';
import { compare, readBaseline, requireSameAgent } from '../../../src/conformance/baseline.ts';
import type { Level } from '../../../src/conformance/check.ts';
import type { ActionCost, Verdict } from '../../../src/conformance/result.ts';
import { REPORT, result } from './output/events.ts';

const cost = (median: number, cpuMedian?: number): ActionCost => ({
  ...{ action: 'monitor', count: 5, median, p95: median, max: median },
  ...(cpuMedian === undefined ? {} : { cpuMedian }),
});

const of = (verdict: Verdict | undefined, level: Level = 'must') => ({
  agent: REPORT.agent,
  checks: verdict === undefined ? [] : [result('ACT-03', { verdict, level })],
  costs: [],
});

describe('a report beside an earlier one', () => {
  it.each<[Verdict | undefined, Verdict, Level, 'worse' | 'better' | 'same' | 'worse if strict']>([
    ['passed', 'passed', 'must', 'same'],
    ['passed', 'failed', 'must', 'worse'],
    ['passed', 'failed', 'should', 'worse'],
    ['failed', 'failed', 'must', 'same'],
    ['failed', 'passed', 'must', 'better'],
    ['failed', 'skipped', 'must', 'same'],
    ['skipped', 'failed', 'must', 'worse'],
    ['skipped', 'failed', 'should', 'worse if strict'],
    ['passed', 'skipped', 'must', 'same'],
    ['broken', 'failed', 'must', 'worse'],
    ['skipped', 'passed', 'must', 'same'],
    [undefined, 'failed', 'must', 'worse'],
    [undefined, 'failed', 'should', 'worse if strict'],
    [undefined, 'passed', 'must', 'same'],
  ])('that said %s and says %s of a %s is %s', (before, now, level, change) => {
    const count = (strict: boolean): number[] => {
      const { regressions, better } = compare(of(before, level), of(now, level), strict);
      return [regressions.length, better.length];
    };
    expect(count(false)).toEqual([change === 'worse' ? 1 : 0, change === 'better' ? 1 : 0]);
    expect(count(true)).toEqual([change.startsWith('worse') ? 1 : 0, change === 'better' ? 1 : 0]);
  });

  it.each([
    ['half more is not worse', cost(100), cost(150), 0, 0],
    ['more than that is', cost(100), cost(151), 1, 0],
    ['a few milliseconds are the machine', cost(1), cost(5.9), 0, 0],
    ['less than two thirds is better', cost(151), cost(100), 0, 1],
    ['CPU time decides where it is known', cost(100, 20), cost(500, 20), 0, 0],
    ['and is worse by the same measure', cost(100, 20), cost(100, 31), 1, 0],
    ['time on the wall where one does not know it', cost(100, 20), cost(200), 1, 0],
  ])('by the cost of monitor: %s', (_, before, now, worse, better) => {
    const compared = compare({ ...of(undefined), costs: [before] }, { checks: [], costs: [now] }, false);
    expect([compared.regressions.length, compared.better.length]).toEqual([worse, better]);
  });

  it('says in words what has changed', () => {
    expect(
      compare({ ...of('passed'), costs: [cost(10)] }, { ...of('failed'), costs: [cost(20)] }, false),
    ).toEqual({
      regressions: [
        'ACT-03 rule of ACT-03: passed before, fails now',
        'monitor costs 20 ms where it cost 10 ms',
      ],
      better: [],
    });
  });

  it('is read from what --output json has written', () => {
    expect(readBaseline(JSON.stringify(REPORT), 'before.json').checks).toHaveLength(REPORT.checks.length);
  });

  it.each([
    ['{', 'something that is no JSON'],
    ['[]', 'other JSON'],
    ['{"schemaVersion":2}', 'schemaVersion 2'],
    ['{"schemaVersion":1}', 'a report without agent, checks or costs'],
    [JSON.stringify({ ...REPORT, checks: [{}] }), 'a report without agent, checks or costs'],
  ])('is refused if it is %s', (text, got) => {
    const message = `Expected --baseline to be a report that --output json=FILE made, got ${got} in before.json`;
    expect(() => readBaseline(text, 'before.json')).toThrow(expect.objectContaining({ message }));
  });

  it('has to be of the same agent, wherever that lies', () => {
    expect(() => requireSameAgent(REPORT, '/elsewhere/good')).not.toThrow();
    expect(() => requireSameAgent(REPORT, 'ocf:test:bad')).toThrow('got one of ocf:test:good');
  });
});
