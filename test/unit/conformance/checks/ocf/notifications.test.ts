import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import { NOTIFICATIONS_CHECKS } from '../../../../../src/conformance/checks/ocf/notifications.ts';
import { notifyMeta } from '../../../../../src/conformance/checks/ocf/notify-variables.ts';
import { advertising, failure } from '../../../../helpers/conformance/fake-trial.ts';
import { checkOf, expectPass, failuresOf, withFaults } from '../../../../helpers/conformance/verdicts.ts';

const check = checkOf(NOTIFICATIONS_CHECKS, 'NOT-01');
const here = hostname();

describe('variables of a notification', () => {
  const PAIRS = ['start', 'stop', 'promote', 'demote', 'active', 'promoted', 'unpromoted', 'master', 'slave'];

  test('before the promotion of this instance', () => {
    const meta = notifyMeta('cache', { type: 'pre', operation: 'promote', of: ['own'] });
    expect(meta).toEqual({
      notify_type: 'pre',
      notify_operation: 'promote',
      notify_key_type: 'pre',
      notify_key_operation: 'promote',
      notify_start_resource: ' ',
      notify_start_uname: ' ',
      notify_stop_resource: ' ',
      notify_stop_uname: ' ',
      notify_promote_resource: 'cache:0',
      notify_promote_uname: here,
      notify_demote_resource: ' ',
      notify_demote_uname: ' ',
      notify_active_resource: 'cache:0 cache:1',
      notify_active_uname: `${here} other-node`,
      notify_promoted_resource: ' ',
      notify_promoted_uname: ' ',
      notify_unpromoted_resource: 'cache:0 cache:1',
      notify_unpromoted_uname: `${here} other-node`,
      notify_master_resource: ' ',
      notify_master_uname: ' ',
      notify_slave_resource: 'cache:0 cache:1',
      notify_slave_uname: `${here} other-node`,
      notify_inactive_resource: ' ',
      notify_available_uname: `${here} other-node`,
      notify_all_uname: `${here} other-node`,
      notify_all_hosts: `${here} other-node`,
    });
  });

  test('of a start: who is started was not active', () => {
    const meta = notifyMeta('cache', { type: 'post', operation: 'start', of: ['other'], promoted: 'own' });
    expect(meta).toMatchObject({
      notify_start_resource: 'cache:1',
      notify_active_resource: 'cache:0',
      notify_inactive_resource: 'cache:1',
      notify_master_uname: here,
      notify_slave_resource: ' ',
    });
  });

  test('empty lists are a single blank, all of them', () => {
    const meta = notifyMeta('cache', { type: 'pre', operation: 'stop', of: [] });
    for (const pair of PAIRS) {
      expect([pair, meta[`notify_${pair}_resource`], meta[`notify_${pair}_uname`]]).toEqual([pair, ' ', ' ']);
    }
  });

  test('instances and nodes are aligned in every notification', () => {
    for (const type of ['pre', 'post'] as const) {
      for (const operation of ['start', 'stop', 'promote', 'demote'] as const) {
        for (const of of [[], ['own'], ['other'], ['own', 'other']] as const) {
          const meta = notifyMeta('cache', { type, operation, of, promoted: 'other' });
          for (const pair of PAIRS) {
            const nodes = (meta[`notify_${pair}_resource`] ?? '')
              .replace('cache:0', here)
              .replace('cache:1', 'other-node');
            expect(meta[`notify_${pair}_uname`]).toBe(nodes);
          }
        }
      }
    }
  });
});

test('an agent without a fault passes, and is told of everything before and after', async () => {
  const { calls } = await expectPass(check);
  const notes = calls
    .filter(({ action }) => action === 'notify')
    .map(({ options: { meta = {} } }) => `${meta['notify_type']}-${meta['notify_operation']}`);
  const types = ['pre', 'post'].flatMap((type) =>
    ['start', 'stop', 'promote', 'demote'].map((operation) => `${type}-${operation}`),
  );
  expect(new Set(notes)).toEqual(new Set(types));
});

test('one without roles is told of start and stop alone', async () => {
  const { calls } = await expectPass(check, { subject: { metadata: advertising('notify') } });
  const operations = calls.map(({ options }) => options.meta?.['notify_operation']);
  expect(new Set(operations)).toEqual(new Set([undefined, 'start', 'stop']));
});

test('who does not advertise it is not held to it', async () => {
  const result = await withFaults(check, {}, { subject: { metadata: advertising() } });
  expect(failuresOf(result)).toEqual(['skipped: It does not advertise notify']);
});

test('notify-fails', async () => {
  const result = await withFaults(check, { notify: () => failure(1) });
  expect(failuresOf(result)[0]).toBe(
    'notify pre-start of another instance, while unpromoted, to give 0: 1 (error: Expected something else)',
  );
});

test('one that fails with empty lists alone', async () => {
  const result = await withFaults(check, {
    notify: (_, { options: { meta = {} } }) => (meta['notify_active_resource'] === ' ' ? 2 : undefined),
  });
  expect(
    result.findings.map(({ expected }) => expected).every((text) => text.includes('with empty lists')),
  ).toBe(true);
  expect(result.findings).toHaveLength(16);
});

test('one that changes the role', async () => {
  const result = await withFaults(check, {
    notify: (model, { options: { meta = {} } }) => {
      if (meta['notify_type'] === 'pre' && meta['notify_operation'] === 'stop') {
        model.role = 'stopped';
      }
      return 0;
    },
  });
  expect(failuresOf(result)).toEqual([
    'monitor after all notifications while unpromoted to give one of 0, 190: 7 (not running)',
    'monitor after all notifications while promoted to give one of 8, 191: 7 (not running)',
  ]);
});
