import { describe, expect, it } from 'vitest';
import { CONCURRENCY_CHECKS } from '../../../../../src/conformance/checks/ocf/concurrency.ts';
import { FAKE_METADATA } from '../../../../helpers/conformance/fake-trial.ts';
import {
  carryOutServiced,
  checkNamed,
  HUNG,
  livelyPlace,
  type ServicedFaults,
} from '../../../../helpers/conformance/serviced.ts';

const INSTANCES = [
  { name: 'one', parameters: { state: '/run/one' } },
  { name: 'two', parameters: { state: '/run/two' } },
];
const TWO = { cases: { instances: INSTANCES } };

/** What is broken, and what is said about it. */
const CAUGHT: readonly (readonly [string, string, ServicedFaults, RegExp])[] = [
  [
    'CONC-01',
    'it takes any process for its own',
    { monitor: ({ place }) => (place.seen.length > 0 ? 0 : undefined) },
    /0 \(ok\)/,
  ],
  [
    'CONC-01',
    'stop ends all instances',
    {
      stop: ({ place }) => {
        place.seen = [];
        return 0;
      },
    },
    /7 \(not running/,
  ],
  [
    'CONC-02',
    'two starts bring up two',
    {
      start: ({ place, call }) => {
        const { pid } = place.appear(`serviced --name ${call.instance.name} main`);
        place.appear(`serviced --name ${call.instance.name} worker`, { parent: pid });
        return 0;
      },
      monitor: ({ own }) => (own.length > 0 ? 0 : undefined),
    },
    /main\).*main\)/,
  ],
  [
    'CONC-03',
    'monitors hang',
    { monitor: ({ own }) => (own.length > 0 ? HUNG : undefined) },
    /no end within/,
  ],
  [
    'CONC-04',
    'stop ends what looks like it',
    {
      stop: ({ place }) => {
        place.seen = place.seen.filter(({ command }) => !command.includes('serviced'));
        return 0;
      },
    },
    /its end/,
  ],
  [
    'CONC-04',
    'monitor takes what looks like it for it',
    {
      monitor: ({ place }) =>
        place.seen.some(({ command }) => command.includes('serviced')) ? 0 : undefined,
    },
    /0 \(ok\)/,
  ],
  [
    'CONC-05',
    'it has one state file for all',
    {
      start: ({ place, answer }) => {
        place.files = [{ path: '/run/resource-agents/fake.state', change: 'made', kind: 'file' }];
        return answer();
      },
    },
    /\/run\/resource-agents\/fake\.state/,
  ],
];

describe('checks of actions side by side', () => {
  it.each(CONCURRENCY_CHECKS)('$id finds nothing wrong with a good agent', async (check) => {
    const { verdict, findings } = await carryOutServiced(check, {}, { subject: TWO });
    expect({ verdict, findings }).toEqual({ verdict: 'passed', findings: [] });
  });

  it.each(CAUGHT)('%s: %s', async (id, _, faults, seen) => {
    const check = checkNamed(CONCURRENCY_CHECKS, id);
    const { verdict, findings } = await carryOutServiced(check, faults, { subject: TWO });
    expect(verdict).toBe('failed');
    expect(findings.map((finding) => finding.seen).join('\n')).toMatch(seen);
  });

  it.each([
    ['one instance', [INSTANCES[0]], 'Needs two instances in the cases'],
    [
      'instances that may not run side by side',
      [INSTANCES[0], { ...INSTANCES[1], parameters: INSTANCES[0]?.parameters }],
      'Both instances in the cases have the same state',
    ],
  ])('CONC-01 is skipped with %s', async (_, instances, reason) => {
    const cases = { instances } as typeof TWO.cases;
    const result = await carryOutServiced(
      checkNamed(CONCURRENCY_CHECKS, 'CONC-01'),
      {},
      {
        subject: { cases, metadata: FAKE_METADATA },
      },
    );
    expect(result).toMatchObject({ verdict: 'skipped', reason });
  });

  it.each(['/run/resource-agents/fake-one.state', '/run/resource-agents/run_one'])(
    'CONC-05 takes %s for a name that tells instances apart',
    async (path) => {
      const place = livelyPlace();
      place.files = [{ path, change: 'made', kind: 'file' }];
      const result = await carryOutServiced(
        checkNamed(CONCURRENCY_CHECKS, 'CONC-05'),
        {},
        {
          subject: TWO,
          place,
        },
      );
      expect(result.verdict).toBe('passed');
    },
  );
});
