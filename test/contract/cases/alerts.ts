// Alert agents [protocol 4.8, 5.14].
import { element, type XmlElement } from '../../../src/protocol/xml-tree.ts';
import type { ContractCase } from '../model.ts';
import { main } from '../resources.ts';
import { ANSWER_MS, file, shell } from '../steps.ts';

const base = { clause: '4.8, 5.14', classes: ['alert'] } as const;
const OP = 'lrmd_alert_exec';
const AGENT = '/usr/lib/ocf/resource.d/contract/alert';

function alert(
  attributes: Readonly<Record<string, string>>,
  parameters: Readonly<Record<string, string>> = {},
): XmlElement {
  const base = { lrmd_alert_id: 'a1', lrmd_alert_path: AGENT, lrmd_timeout: '20000' };
  return element('lrmd_alert', { ...base, ...attributes }, [element('attributes', parameters)]);
}

/** It runs as a user who may write there and hardly anywhere else. */
const open = shell('mkdir -m 1777 /run/contract/alerts');

export const ALERT_CASES: readonly ContractCase[] = [
  {
    ...base,
    name: 'alert_gets_its_environment',
    steps: [
      open,
      main.asks(OP, alert({}, { CRM_alert_kind: 'resource', CRM_alert_recipient: 'one' }), {
        withinMs: ANSWER_MS,
      }),
      file('/run/contract/alerts/1', 'there', /^hacluster resource one \d+ argv=$/m),
      main.asks(OP, alert({}, { CRM_alert_kind: 'node', CRM_alert_recipient: 'two' }), {
        withinMs: ANSWER_MS,
      }),
      file('/run/contract/alerts/2', 'there', /^hacluster node two \d+ argv=$/m),
    ],
  },
  {
    ...base,
    name: 'alert_is_answered_before_it_ends',
    steps: [
      open,
      main.asks(OP, alert({}, { CRM_alert_sleep: '314' }), { withinMs: ANSWER_MS }),
      { do: 'processes', what: 'the alert runs', named: 'sleep', count: 1 },
      // Alerts are not put one behind the other.
      main.asks(OP, alert({}, { CRM_alert_kind: 'node' }), { withinMs: ANSWER_MS }),
      file('/run/contract/alerts/2', 'there', /node/),
    ],
  },
  {
    ...base,
    name: 'alert_timeout_kills_the_group',
    steps: [
      open,
      main.asks(OP, alert({ lrmd_timeout: '1000' }, { CRM_alert_sleep: '314' })),
      { do: 'processes', what: 'the alert runs', named: 'sleep', count: 1 },
      { do: 'processes', what: 'it was killed', named: 'sleep', count: 0 },
    ],
  },
  {
    ...base,
    name: 'alert_that_does_not_exist',
    // Accepted; the failure is only logged.
    steps: [main.asks(OP, alert({ lrmd_alert_path: '/nonexistent' }), { withinMs: ANSWER_MS }), main.pokes()],
  },
  ...[
    { name: 'data', data: undefined },
    { name: 'id', data: element('lrmd_alert', { lrmd_alert_path: AGENT }) },
    { name: 'path', data: element('lrmd_alert', { lrmd_alert_id: 'a1' }) },
  ].map(
    ({ name, data }): ContractCase => ({
      ...base,
      name: `bad_alert_exec_without_${name}`,
      steps: [main.asks(OP, data, { rc: -22, withinMs: ANSWER_MS }), main.pokes()],
    }),
  ),
];
