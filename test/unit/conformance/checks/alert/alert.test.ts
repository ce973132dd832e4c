import { describe, expect, it } from 'vitest';
import {
  ALERT_KINDS,
  alertVariables,
  oldVariables,
} from '../../../../../src/conformance/calls/alert-variables.ts';
import { ALERT_CHECKS } from '../../../../../src/conformance/checks/alert.ts';
import { FakePlace } from '../../../../helpers/conformance/fake-place.ts';
import { carryOut } from '../../../../helpers/conformance/fake-trial.ts';
import { checkOf, failuresOf } from '../../../../helpers/conformance/verdicts.ts';

const subject = { class: 'alert', name: 'alert:/fake', type: 'fake', path: '/fake' } as const;

describe('the list', () => {
  it('has AL-01 to AL-13, in order', () => {
    const ids = Array.from({ length: 13 }, (_, index) => `AL-${String(index + 1).padStart(2, '0')}`);
    expect(ALERT_CHECKS.map(({ id }) => id)).toEqual(ids);
  });
});

describe('alertVariables', () => {
  it.each(ALERT_KINDS)('tells the kind %s, and what belongs to it', (kind) => {
    const variables = alertVariables(kind, 7);
    expect(variables).toMatchObject({ CRM_alert_kind: kind, CRM_alert_node_sequence: '7' });
    expect(variables).toHaveProperty('CRM_alert_node');
    expect(Object.keys(oldVariables(kind))).toEqual(
      Object.keys(variables).map((name) => name.replace('CRM_alert_', 'CRM_notify_')),
    );
  });

  it('tells of a kind that nobody knows what all tell', () => {
    expect(alertVariables('weather', 1)).not.toHaveProperty('CRM_alert_node');
  });
});

describe('AL-06', () => {
  const check = checkOf(ALERT_CHECKS, 'AL-06');

  it('tries the values that others choose, each in all ways', async () => {
    const place = new FakePlace();
    place.shell = (command) => ({ code: command.startsWith('[ -e') ? 1 : 0, output: '' });
    const result = await carryOut(check, () => 0, { subject, place });
    expect(failuresOf(result)).toEqual(['passed']);
    expect(result.calls.length).toBe(35);
  });

  it('names the value that was executed, and goes on with the next variable', async () => {
    const place = new FakePlace();
    place.shell = () => ({ code: 0, output: '' });
    const result = await carryOut(check, () => 0, { subject, place });
    expect(failuresOf(result)).toHaveLength(5);
    expect(failuresOf(result)[0]).toBe(
      'the value of CRM_alert_attribute_value to stay a text: a command that ran: $(touch /scratch/alert/canary)',
    );
  });
});

describe('AL-02', () => {
  it('is about the time alone', async () => {
    const check = checkOf(ALERT_CHECKS, 'AL-02');
    expect(failuresOf(await carryOut(check, () => 1, { subject }))).toEqual(['passed']);
    const slow = await carryOut(
      check,
      ({ timeoutMs }) => ({ end: { kind: 'timed-out', limitMs: timeoutMs } }),
      { subject },
    );
    expect(failuresOf(slow)).toEqual(['the alert node to end within 30000 ms: that it had to be killed']);
    expect(slow.calls).toHaveLength(1);
  });
});
