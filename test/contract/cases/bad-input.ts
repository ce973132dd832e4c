// Bad input for every request: the right answer within a second, nothing started, nothing lost [protocol 4].
import { element, type XmlElement } from '../../../src/protocol/xml-tree.ts';
import { records, requestText } from '../frames.ts';
import type { ContractCase, Difference, Step } from '../model.ts';
import { ACTOR, main, other } from '../resources.ts';
import { ANSWER_MS, anyResult, isLeft, onlyFor, rscElement, shell, writes } from '../steps.ts';

const ID = ACTOR.id;
const TOUCH = { sh: 'echo run >>/run/contract/started' };

interface Answers {
  readonly c: number | 'call-id';
  readonly ours: number | 'call-id';
  readonly why?: string;
}

type Bad = readonly [
  name: string,
  op: string,
  data: XmlElement | undefined,
  answer: number | 'call-id' | Answers,
];

const exec = (attributes: Readonly<Record<string, string | number>>): XmlElement =>
  element('lrmd_rsc', attributes, [element('attributes', TOUCH)]);

const known = { lrmd_rsc_id: ID, lrmd_rsc_action: 'start' };

/** 2.1.5 takes a number that is none for 0, and one that is too large for the largest. */
const GUESSES = 'a number that is none is no request to run something at once and without limit';

const REQUESTS: readonly Bad[] = [
  ['rsc_register_without_class', 'lrmd_rsc_register', rscElement({ lrmd_rsc_id: 'odd' }), 0],
  ['rsc_info_without_data', 'lrmd_rsc_info', undefined, -19],
  ['rsc_info_without_id', 'lrmd_rsc_info', element('lrmd_rsc'), -19],
  ['rsc_info_unknown', 'lrmd_rsc_info', rscElement({ lrmd_rsc_id: 'unknown' }), -19],
  ['rsc_unregister_without_data', 'lrmd_rsc_unregister', undefined, -19],
  ['rsc_unregister_without_id', 'lrmd_rsc_unregister', element('lrmd_rsc'), -19],
  ['rsc_unregister_unknown', 'lrmd_rsc_unregister', rscElement({ lrmd_rsc_id: 'unknown' }), 0],
  ['rsc_exec_without_data', 'lrmd_rsc_exec', undefined, -22],
  ['rsc_exec_without_id', 'lrmd_rsc_exec', exec({ lrmd_rsc_action: 'start' }), -22],
  ['rsc_exec_unknown', 'lrmd_rsc_exec', exec({ ...known, lrmd_rsc_id: 'unknown' }), -19],
  [
    'rsc_exec_interval_no_number',
    'lrmd_rsc_exec',
    exec({ ...known, lrmd_rsc_interval: 'often' }),
    { c: 'call-id', ours: -22, why: GUESSES },
  ],
  [
    'rsc_exec_interval_negative',
    'lrmd_rsc_exec',
    exec({ ...known, lrmd_rsc_interval: -1 }),
    { c: 'call-id', ours: -22, why: GUESSES },
  ],
  [
    'rsc_exec_timeout_no_number',
    'lrmd_rsc_exec',
    exec({ ...known, lrmd_timeout: '20s' }),
    { c: 'call-id', ours: -22, why: GUESSES },
  ],
  ['rsc_cancel_without_data', 'lrmd_rsc_cancel', undefined, -22],
  ['rsc_cancel_without_id', 'lrmd_rsc_cancel', rscElement({ lrmd_rsc_action: 'monitor' }), -22],
  ['rsc_cancel_without_action', 'lrmd_rsc_cancel', rscElement({ lrmd_rsc_id: ID }), -22],
  [
    'rsc_cancel_unknown',
    'lrmd_rsc_cancel',
    rscElement({ lrmd_rsc_id: 'unknown', lrmd_rsc_action: 'a' }),
    -19,
  ],
  [
    'rsc_cancel_nothing_there',
    'lrmd_rsc_cancel',
    rscElement({ lrmd_rsc_id: ID, lrmd_rsc_action: 'monitor' }),
    -95,
  ],
  [
    'rsc_cancel_interval_no_number',
    'lrmd_rsc_cancel',
    rscElement({ lrmd_rsc_id: ID, lrmd_rsc_action: 'monitor', lrmd_rsc_interval: 'x' }),
    { c: -95, ours: -22, why: GUESSES },
  ],
  [
    'rsc_cancel_interval_huge',
    'lrmd_rsc_cancel',
    rscElement({ lrmd_rsc_id: ID, lrmd_rsc_action: 'monitor', lrmd_rsc_interval: '99999999999999' }),
    -95,
  ],
  ['get_recurring_unknown', 'lrmd_get_recurring', rscElement({ lrmd_rsc_id: 'unknown' }), -19],
];

const answersOf = (answer: Bad[3]): Answers =>
  typeof answer === 'object' ? answer : { c: answer, ours: answer };

function caseOf([name, op, data, answer]: Bad): ContractCase {
  const { c, ours, why } = answersOf(answer);
  const asks = (rc: number | 'call-id'): Step => main.asks(op, data, { rc, withinMs: ANSWER_MS });
  const differs: Difference | undefined =
    why === undefined ? undefined : { c: `answers ${c}`, ours: `answers ${ours}`, why };
  return {
    name: `bad_${name}`,
    clause: '4',
    classes: ['ocf'],
    ...(differs === undefined ? {} : { differs }),
    steps: [
      main.registers(ACTOR),
      ...(differs === undefined ? [asks(ours)] : [...onlyFor('c', asks(c)), ...onlyFor('ours', asks(ours))]),
      // Nothing was started, and what is asked for next is done.
      ...(c === 'call-id'
        ? onlyFor('ours', shell('[ ! -e /run/contract/started ]'))
        : [shell('[ ! -e /run/contract/started ]')]),
      other.execs(ID, 'monitor', { parameters: { sh: 'exit 0' } }),
    ],
  };
}

export const BAD_INPUT_CASES: readonly ContractCase[] = [
  ...REQUESTS.map(caseOf),
  {
    name: 'bad_rsc_exec_without_action',
    clause: '4.5, 5.12',
    classes: ['ocf'],
    steps: [
      main.registers(ACTOR),
      main.asks('lrmd_rsc_exec', exec({ lrmd_rsc_id: ID }), { rc: 'call-id', withinMs: ANSWER_MS }),
      main.hears({ type: 'result', rscId: ID, rc: 1, status: 6 }),
    ],
  },
  {
    name: 'bad_rsc_exec_interval_of_more_than_32_bits',
    clause: '4.5',
    classes: ['ocf'],
    // Whatever it is taken for, it does not run in a loop.
    steps: [
      main.registers(ACTOR),
      main.asks('lrmd_rsc_exec', exec({ ...known, lrmd_rsc_interval: '99999999999' }), {
        rc: 'call-id',
        events: [anyResult(ID, 'start')],
      }),
      main.hearsNone(anyResult(ID, 'start'), 1000),
      main.unregisters(ID, { events: [] }),
    ],
  },
  ...[
    { name: 'negative', value: '-5', rc: 'call-id', ours: 'runs it at once' },
    { name: 'no_number', value: 'later', rc: -22, ours: 'answers -22' },
  ].map(({ name, value, rc, ours }): ContractCase => {
    const data = exec({ ...known, lrmd_rsc_start_delay: value });
    return {
      name: `bad_rsc_exec_start_delay_${name}`,
      clause: '4.5',
      classes: ['ocf'],
      differs: { c: 'waits for weeks, and with it all that is behind', ours, why: GUESSES },
      steps: [
        main.registers(ACTOR),
        ...onlyFor(
          'c',
          main.asks('lrmd_rsc_exec', data, { rc: 'call-id', withinMs: ANSWER_MS }),
          other.execs(ID, 'monitor', { parameters: TOUCH }, { events: [] }),
          main.hearsNone({ type: 'result' }, 1000),
        ),
        ...onlyFor(
          'ours',
          main.asks('lrmd_rsc_exec', data, { rc: rc === -22 ? -22 : 'call-id', withinMs: ANSWER_MS }),
          other.execs(ID, 'monitor', { parameters: TOUCH }),
        ),
      ],
    };
  }),
  ...[
    { name: 'without_data', data: '' },
    { name: 'without_id', data: '<lrmd_rsc lrmd_class="ocf" lrmd_type="actor"/>' },
  ].map(
    ({ name, data }): ContractCase => ({
      name: `bad_rsc_register_${name}`,
      clause: '4.2',
      classes: ['none'],
      differs: {
        c: '2.1.5 dies of it (SIGSEGV)',
        ours: 'answers -22',
        why: 'the daemon must outlive its peers',
      },
      steps: [
        ...onlyFor(
          'c',
          isLeft(
            'raw',
            records(requestText(1, 'lrmd_rsc_register', data)),
            'ends the daemon',
            'holds up all',
          ),
        ),
        ...onlyFor(
          'ours',
          writes('raw', records(requestText(1, 'lrmd_rsc_register', data)), {
            messages: [{ element: 'lrmd_reply', lrmd_rc: '-22' }],
            isAll: true,
            withinMs: ANSWER_MS,
          }),
          main.pokes(),
        ),
      ],
    }),
  ),
];
