import { describe, expect, test } from 'vitest';
import { PROMOTION_CHECKS } from '../../../../../src/conformance/checks/ocf/promotion.ts';
import { FakePlace } from '../../../../helpers/conformance/fake-place.ts';
import { advertising, failure } from '../../../../helpers/conformance/fake-trial.ts';
import type { Faults } from '../../../../helpers/conformance/model-agent.ts';
import { checkOf, expectPass, failuresOf, withFaults } from '../../../../helpers/conformance/verdicts.ts';

/** An agent that tells its score in start and takes it back in stop, by other ways of the same tools. */
function scoring(
  place: FakePlace,
  set = 'crm_attribute --promotion -v 10',
  remove = 'crm_master -l reboot -D',
): Faults {
  return {
    start: () => {
      place.tools.push('crm_node -n', set, 'crm_attribute --promotion -G');
      return undefined;
    },
    stop: () => {
      place.tools.push(remove);
      return undefined;
    },
  };
}

describe('an agent without a fault passes', () => {
  test.each(['PROM-01', 'PROM-02'])('%s', async (id) => {
    await expectPass(checkOf(PROMOTION_CHECKS, id));
  });

  test.each([
    ['crm_attribute --promotion -v 10', 'crm_attribute -p -D'],
    ['crm_attribute -p cache -v 10', 'crm_attribute --promotion=cache --delete'],
    ["crm_attribute -l reboot -n 'master-a b' -v 10", 'crm_attribute -l reboot --name=master-cache -D'],
    ['crm_master -l reboot -v10', 'crm_master -Q -l reboot -D'],
  ])('PROM-03: %s, %s', async (set, remove) => {
    const place = new FakePlace();
    const result = await withFaults(checkOf(PROMOTION_CHECKS, 'PROM-03'), scoring(place, set, remove), {
      place,
    });
    expect(failuresOf(result)).toEqual(['passed']);
  });
});

/** [id, what is wrong, faults, part of what is said]. */
const faulty: readonly (readonly [string, string, Faults, string])[] = [
  [
    'PROM-01',
    'promote-not-seen',
    { monitor: ({ role }) => (role === 'stopped' ? 7 : 0) },
    'monitor right after promote to give one of 8, 191: 0 (ok)',
  ],
  [
    'PROM-01',
    'promote fails',
    { promote: () => failure(1) },
    'promote of an unpromoted resource to give 0: 1',
  ],
  [
    'PROM-01',
    'promote is no longer known then',
    { promote: ({ role }) => (role === 'promoted' ? failure(1) : undefined) },
    'promote of a promoted resource to give 0: 1',
  ],
  ['PROM-01', 'demote-fails', { demote: () => failure(1) }, 'demote after promote to give 0: 1'],
  [
    'PROM-01',
    'demote does nothing',
    { demote: () => 0 },
    'monitor right after demote to give one of 0, 190: 8',
  ],
  [
    'PROM-01',
    'demote of what is demoted fails',
    { demote: ({ role }) => (role === 'promoted' ? undefined : failure(1)) },
    'demote of an unpromoted resource to give 0: 1',
  ],
  [
    'PROM-02',
    'promote of nothing',
    { promote: ({ role }) => (role === 'stopped' ? 0 : undefined) },
    'an error from promote of a stopped resource: 0 (ok)',
  ],
  [
    'PROM-02',
    'stop wants to be demoted',
    { stop: ({ role }) => (role === 'promoted' ? 8 : undefined) },
    'stop of a promoted resource to give 0: 8 (promoted)',
  ],
  ['PROM-03', 'a score is never told', {}, 'a promotion score, told in start, monitor or promote: none'],
];

describe('what is wrong is seen', () => {
  for (const [id, title, faults, part] of faulty) {
    test(`${id}: ${title}`, async () => {
      const result = await withFaults(checkOf(PROMOTION_CHECKS, id), faults);
      expect(failuresOf(result).join('\n')).toContain(part);
    });
  }

  test('PROM-03: a score that stays', async () => {
    const place = new FakePlace();
    const faults = { ...scoring(place), stop: () => undefined };
    const result = await withFaults(checkOf(PROMOTION_CHECKS, 'PROM-03'), faults, { place });
    expect(failuresOf(result)).toEqual(['no promotion score after stop: one that stays in the cluster']);
  });

  test('PROM-03: a crash that is not seen', async () => {
    const place = new FakePlace();
    let hasServed = false;
    const promote: Faults['promote'] = () => {
      hasServed = true;
      return undefined;
    };
    const result = await withFaults(
      checkOf(PROMOTION_CHECKS, 'PROM-03'),
      { ...scoring(place), monitor: () => (place.seen.length === 0 && hasServed ? 8 : undefined), promote },
      { place },
    );
    expect(failuresOf(result)[0]).toBe(
      'monitor of one that crashed while it was promoted to give one of 1, 7, 9: 8 (promoted)',
    );
  });
});

test('it is led as a cluster leads it: with the variables of a clone, and notifications around a promotion', async () => {
  const { calls } = await withFaults(checkOf(PROMOTION_CHECKS, 'PROM-01'), {});
  for (const { options } of calls) {
    expect(options.meta).toMatchObject({ clone: '0', promotable: 'true', master_max: '1', notify: 'true' });
  }
  const promote = calls.findIndex(({ action }) => action === 'promote');
  const around = [calls[promote - 1], calls[promote + 1]];
  expect(around.map((call) => [call?.action, call?.options.meta?.['notify_type']])).toEqual([
    ['notify', 'pre'],
    ['notify', 'post'],
  ]);
});

test('an agent that must have told its score first gets monitors for it', async () => {
  const place = new FakePlace();
  let monitors = 0;
  const result = await withFaults(
    checkOf(PROMOTION_CHECKS, 'PROM-01'),
    {
      monitor: ({ role }, { intervalMs }) => {
        monitors += role === 'started' && intervalMs > 0 ? 1 : 0;
        if (monitors === 2) {
          place.tools.push('crm_master -v 5');
        }
        return undefined;
      },
      promote: () => (place.tools.length === 0 ? failure(1, 'Expected a score') : undefined),
    },
    { place },
  );
  expect(failuresOf(result)).toEqual(['passed']);
});

test('agents without roles are not held to it', async () => {
  for (const check of PROMOTION_CHECKS) {
    const result = await withFaults(check, {}, { subject: { metadata: advertising('promote') } });
    expect(failuresOf(result)).toEqual(['skipped: It does not advertise promote and demote']);
  }
});

test('without fakes PROM-03 looks at the crash alone', async () => {
  const place = new FakePlace();
  place.toolCalls = () => Promise.reject(new Error('Not here'));
  const result = await withFaults(checkOf(PROMOTION_CHECKS, 'PROM-03'), {}, { place });
  expect([result.verdict, result.notes]).toEqual([
    'passed',
    ['Promotion scores can be seen only where the cluster tools are fakes'],
  ]);
});
