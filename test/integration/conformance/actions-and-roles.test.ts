// The checks of actions, roles, notifications, migration and levels with real agents in real sandboxes.
import { describe, expect, test } from 'vitest';
import type { CheckResult } from '../../../src/conformance/result.ts';
import { checkAgent } from '../../helpers/conformance/check-agent.ts';
import { whyWithout } from '../../helpers/needs.ts';
import { executableOf } from '../../helpers/our-agents.ts';
import { titled } from '../../helpers/systemd.ts';

const LIMIT_MS = 120_000;
const STATES = ['ACT-01', 'ACT-03', 'ACT-04', 'ACT-05', 'ACT-06', 'ACT-07', 'ACT-08'];
const ROLES = ['PROM-01', 'PROM-02', 'PROM-03', 'NOT-01', 'NEST-01'];

/** What came of each, a line a check; findings behind it. */
const linesOf = (results: readonly CheckResult[]): readonly string[] =>
  results.map(({ id, verdict, findings }) =>
    [`${id} ${verdict}`, ...findings.map(({ expected, seen }) => `${expected}: ${seen}`)].join('; '),
  );

const passed = (ids: readonly string[]): readonly string[] => ids.map((id) => `${id} passed`);

describe('our own agents', () => {
  test('stateful passes, driven without a cluster', { timeout: LIMIT_MS }, async () => {
    const only = ['ACT-04', 'ACT-11', 'ACT-15', ...ROLES];
    const results = await checkAgent(executableOf('stateful'), { only });
    expect(linesOf(results).toSorted()).toEqual(passed(only).toSorted());
  });

  test('dummy passes', { timeout: LIMIT_MS }, async () => {
    const only = ['ACT-02', 'ACT-03', 'ACT-12', 'ACT-14', 'MIG-01', 'LVL-01'];
    const results = await checkAgent(executableOf('dummy'), { only });
    expect(linesOf(results).toSorted()).toEqual(passed(only).toSorted());
  });

  /** [agent, its trouble, check that sees it, part of what that says]. */
  const troubles = [
    [
      'dummy',
      'monitor: fail=1 reason=disk gone',
      'ACT-01',
      'monitor of a stopped resource to give 7: 1 (error: disk gone)',
    ],
    ['dummy', 'start: fail=1 only=2-', 'ACT-05', 'start of a running resource to give 0: 1'],
    ['dummy', 'stop: fail=1', 'ACT-07', 'stop of a running resource to give 0: 1'],
    ['dummy', 'start: degrade', 'DEG-01', '0 from start: 190 (degraded)'],
    ['stateful', 'promote: fail=1', 'PROM-01', 'promote of an unpromoted resource to give 0: 1'],
    ['stateful', 'notify: fail=1', 'NOT-01', 'to give 0: 1'],
  ] as const;
  test.each(troubles)('%s with "%s" fails %s', { timeout: LIMIT_MS }, async (name, trouble, id, part) => {
    const results = await checkAgent(executableOf(name), { only: [id], parameters: { trouble } });
    expect(linesOf(results).join('\n')).toMatch(new RegExp(`^${id} failed`));
    expect(linesOf(results).join('\n')).toContain(part);
  });
});

const whyOthers = whyWithout('ocf-tester');

describe.skipIf(whyOthers !== undefined)(titled('agents of others', whyOthers), () => {
  test("Pacemaker's Stateful is right, but for a stop while it is promoted", {
    timeout: LIMIT_MS,
  }, async () => {
    const only = [...STATES, ...ROLES];
    const results = await checkAgent('ocf:pacemaker:Stateful', { only });
    const right = only.filter((id) => id !== 'PROM-02');
    expect(linesOf(results).toSorted()).toEqual(
      [
        ...passed(right),
        'PROM-02 failed; stop of a promoted resource to give 0: 8 (promoted); monitor after stop of a promoted resource to give 7: 8 (promoted)',
      ].toSorted(),
    );
  });

  test("Pacemaker's Dummy migrates what does not run", { timeout: LIMIT_MS }, async () => {
    const results = await checkAgent('ocf:pacemaker:Dummy', { only: ['MIG-01'] });
    expect(linesOf(results)).toEqual([
      'MIG-01 failed; an error from migrate_to of a stopped resource: 0 (ok)',
    ]);
  });
});

const whyRedis = whyWithout('ocf-tester', 'redis-server');

test.skipIf(whyRedis !== undefined)(
  titled('redis, which is promoted only with a cluster, is', whyRedis),
  { timeout: LIMIT_MS },
  async () => {
    const only = ['PROM-01', 'PROM-03'];
    const results = await checkAgent('ocf:heartbeat:redis', { only });
    expect(linesOf(results)).toEqual(passed(only));
  },
);
