import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import { MIGRATION_CHECKS } from '../../../../../src/conformance/checks/ocf/migration.ts';
import { advertising, failure } from '../../../../helpers/conformance/fake-trial.ts';
import type { Faults } from '../../../../helpers/conformance/model-agent.ts';
import { checkOf, expectPass, failuresOf, withFaults } from '../../../../helpers/conformance/verdicts.ts';

const check = checkOf(MIGRATION_CHECKS, 'MIG-01');

test('an agent without a fault passes, and is told where from and where to', async () => {
  const { calls } = await expectPass(check);
  const meta = (wanted: string): unknown => calls.findLast(({ action }) => action === wanted)?.options.meta;
  expect(meta('migrate_to')).toEqual({ migrate_source: hostname(), migrate_target: 'other-node' });
  expect(meta('migrate_from')).toEqual({ migrate_source: 'other-node', migrate_target: hostname() });
});

test('who does not advertise it is not held to it', async () => {
  const result = await withFaults(check, {}, { subject: { metadata: advertising() } });
  expect(failuresOf(result)).toEqual(['skipped: It does not advertise migrate_to and migrate_from']);
});

test('a source that goes on until it is stopped is right, too', async () => {
  await expectPass(check);
  const keeps: Faults = { migrate_to: ({ role }) => (role === 'stopped' ? failure(7) : 0) };
  expect(failuresOf(await withFaults(check, keeps))).toEqual(['passed']);
});

test('one that needs a real second node is not judged by what only that could give', async () => {
  const result = await withFaults(check, {
    migrate_to: () => failure(1, 'Expected a connection'),
    migrate_from: () => failure(1),
  });
  expect(failuresOf(result)).toEqual(['passed']);
  expect(result.notes[0]).toBe(
    'migrate_to gave 1 (error: Expected a connection): it may need a second node that is really there',
  );
});

/** [what is wrong, faults, part of what is said]. */
const faulty: readonly (readonly [string, Faults, string])[] = [
  [
    'meta-advertises-missing',
    { migrate_to: () => failure(3) },
    'migrate_to where it is advertised to give one of 0, 1, 2, 4, 5, 6, 7: 3 (unimplemented',
  ],
  [
    'only the way back is missing',
    { migrate_from: () => failure(3) },
    'migrate_from where it is advertised to give',
  ],
  [
    'a stopped one is sent away',
    { migrate_to: () => 0 },
    'an error from migrate_to of a stopped resource: 0 (ok)',
  ],
  [
    'a stopped one is started',
    {
      migrate_to: (model) => {
        model.role = 'started';
        return failure(1);
      },
    },
    'monitor after migrate_to of a stopped resource to give 7: 0 (ok)',
  ],
  [
    'the source can not be stopped',
    stopFailsAfter('migrate_to'),
    'stop at the source, after migrate_to to give 0: 1',
  ],
  ['nothing arrives', { migrate_from: () => 0 }, 'monitor right after migrate_from to give one of 0, 190: 7'],
  [
    'what left can not come back',
    { migrate_from: () => failure(1) },
    'migrate_from to give 0, as migrate_to did: 1',
  ],
];

describe('what is wrong is seen', () => {
  for (const [title, faults, part] of faulty) {
    test(title, async () => {
      expect(failuresOf(await withFaults(check, faults)).join('\n')).toContain(part);
    });
  }
});

function stopFailsAfter(action: string): Faults {
  let hasHappened = false;
  return {
    [action]: ({ role }) => {
      hasHappened = role !== 'stopped';
      return undefined;
    },
    stop: () => (hasHappened ? failure(1) : undefined),
  };
}
