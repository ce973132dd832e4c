import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LEVELS_CHECKS } from '../../../../../src/conformance/checks/ocf/levels.ts';
import { FakePlace } from '../../../../helpers/conformance/fake-place.ts';
import { advertising, FAKE_METADATA, failure } from '../../../../helpers/conformance/fake-trial.ts';
import type { Faults } from '../../../../helpers/conformance/model-agent.ts';
import { checkOf, expectPass, failuresOf, withFaults } from '../../../../helpers/conformance/verdicts.ts';

describe('an agent without a fault passes', () => {
  test.each(LEVELS_CHECKS.map(({ id }) => id))('%s', async (id) => {
    await expectPass(checkOf(LEVELS_CHECKS, id));
    await expectPass(checkOf(LEVELS_CHECKS, id), { subject: { metadata: advertising() } });
  });
});

const at = (levels: readonly unknown[], answer: number): Faults => ({
  monitor: ({ role }, { options }) =>
    role !== 'stopped' && levels.includes(options.checkLevel) ? failure(answer) : undefined,
});

/** [id, what is wrong, faults, what is said]. */
const faulty: readonly (readonly [string, string, Faults, readonly string[]])[] = [
  [
    'LVL-01',
    'check-level-error',
    at([5, 15, 99], 6),
    [5, 15, 99].map(
      (level) =>
        `monitor at level ${level} of a running resource to give one of 0, 190: 6 (not configured: Expected something else)`,
    ),
  ],
  [
    'LVL-01',
    'a level that is no number',
    at(['abc'], 1),
    ['monitor at level abc of a running resource to give one of 0, 190: 1 (error: Expected something else)'],
  ],
  [
    'LVL-01',
    'a level that hides that nothing runs',
    { monitor: ({ role }, { options }) => (role === 'stopped' && options.checkLevel === 20 ? 0 : undefined) },
    ['monitor at level 20 of a stopped resource to give 7: 0 (ok)'],
  ],
  [
    'LVL-02',
    'a level that nobody is told of',
    at([10], 1),
    [
      'a monitor with depth 10 in the metadata, since it does something else then: none, and 1 (error: Expected something else)',
    ],
  ],
  [
    'DEG-01',
    'a degraded start',
    {
      start: (model) => {
        model.role = 'started';
        return 190;
      },
    },
    ['0 from start: 190 (degraded)', '0 from start: 190 (degraded)'],
  ],
  [
    'NEST-01',
    'a name with a colon',
    {
      start: (_, { options }) =>
        options.env?.['OCF_RESOURCE_INSTANCE']?.includes(':') ? failure(6) : undefined,
    },
    [
      'start of a unique instance of a clone to give 0: 6 (not configured: Expected something else)',
      'monitor after start of a unique instance of a clone to give one of 0, 190: 7 (not running)',
      'monitor (probe) after start of a unique instance of a clone to give one of 0, 190: 7 (not running)',
    ],
  ],
];

describe('what is wrong is seen', () => {
  for (const [id, title, faults, said] of faulty) {
    test(`${id}: ${title}`, async () => {
      expect(failuresOf(await withFaults(checkOf(LEVELS_CHECKS, id), faults))).toEqual(said);
    });
  }

  test('DEG-01: a service that is down is no degraded one', async () => {
    const place = new FakePlace();
    let hasServed = false;
    const monitor: Faults['monitor'] = ({ role }) => {
      hasServed ||= role === 'started';
      return hasServed && place.done.length > 0 ? 190 : undefined;
    };
    const result = await withFaults(checkOf(LEVELS_CHECKS, 'DEG-01'), { monitor }, { place });
    expect(failuresOf(result)).toEqual(['7 or 1 from monitor of a crashed service: 190 (degraded)']);
  });
});

test('a degraded resource is a running one to all of them', async () => {
  const degraded: Faults = { monitor: ({ role }) => ({ stopped: 7, started: 190, promoted: 191 })[role] };
  for (const id of ['DEG-01', 'NEST-01', 'LVL-01']) {
    expect([id, ...failuresOf(await withFaults(checkOf(LEVELS_CHECKS, id), degraded))]).toEqual([
      id,
      'passed',
    ]);
  }
});

test('LVL-02 tells of levels that the text compares, in all ways that agents write it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'levels-'));
  try {
    const path = join(folder, 'agent');
    const lines = [
      '[ "$OCF_CHECK_LEVEL" -ge 10 ]',
      '[ $OCF_CHECK_LEVEL = 20 ] && [ "$OCF_CHECK_LEVEL" == "30" ]',
      'if os.environ["OCF_CHECK_LEVEL"] == "40":',
      'case `ocf_check_level 50 60` in',
      'x=$OCF_CHECK_LEVEL # 70',
      '[ $OCF_CHECK_LEVEL -gt 0 ]',
    ];
    await writeFile(path, lines.join('\n'));
    const metadata = {
      ...FAKE_METADATA,
      actions: [...FAKE_METADATA.actions, { name: 'monitor', depth: '20', intervalMs: 60_000 }],
    };
    const subject = { path, interpreter: '/bin/sh', metadata };
    const result = await withFaults(checkOf(LEVELS_CHECKS, 'LVL-02'), {}, { subject });
    expect([result.verdict, result.notes]).toEqual([
      'passed',
      [10, 30, 40, 50, 60].map(
        (level) => `Its text compares the level with ${level}, and the metadata has no monitor of that depth`,
      ),
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
