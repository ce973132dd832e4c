// Registration, versions, who is told what and in which order, who comes and goes [protocol 3, 4.1].
import { records, registerText, requestText } from '../frames.ts';
import type { ContractCase, Pattern } from '../model.ts';
import { ACTOR, main, other } from '../resources.ts';
import {
  anyResult,
  controller,
  DROP_NEW,
  DROP_OLD,
  execElement,
  file,
  onlyFor,
  result,
  rscElement,
  shell,
  writes,
} from '../steps.ts';

const none = { classes: ['none'] } as const;
const ocf = { classes: ['ocf'] } as const;
const third = controller('third');

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const REGISTERED: Pattern = { element: 'lrmd_reply', lrmd_op: 'register', lrmd_rc: '0', lrmd_clientid: UUID };
const RSC = '<lrmd_rsc lrmd_rsc_id="actor" lrmd_class="ocf" lrmd_provider="contract" lrmd_type="actor"/>';
const OK_SH = { sh: 'exit 0' };
const MONITOR = { rscId: ACTOR.id, action: 'monitor', intervalMs: 1000 };
/** No tick for twice the interval; whoever comes before the daemon has seen the other go keeps them alive. */
const UNTIL_QUIET =
  'timeout 20 sh -c \'cd /run/contract; until a=$(wc -l <ticks); sleep 0.7; [ "$a" = "$(wc -l <ticks)" ]; do :; done\'';
const TICKER = { intervalMs: 300, parameters: { sh: 'echo tick >>/run/contract/ticks' } };

const POKED: Pattern = { element: 'lrmd_notify', lrmd_op: 'lrmd_rsc_poke' };

/** A registration with these attributes that is taken. */
function registration(name: string, attributes: string): ContractCase {
  return {
    ...none,
    name,
    clause: '3.3, 3.4',
    steps: [
      writes('raw', records(registerText(1, attributes)), { messages: [REGISTERED], isAll: true }),
      writes('raw', records(requestText(2, 'lrmd_rsc_poke')), {
        messages: [{ element: 'lrmd_reply' }, POKED],
        isAll: true,
      }),
    ],
  };
}

/** One that is not; it is answered, and the connection stays. */
function refusal(name: string, attributes: string): ContractCase {
  const poke = records(requestText(2, 'lrmd_rsc_poke'));
  return {
    ...none,
    name,
    clause: '3.3, 3.4',
    differs: {
      c: '2.1.5 refuses it and sends it notifications all the same; 3.0.2 and later do not even answer',
      ours: 'refuses it, and what is not accepted hears nothing',
      why: 'a peer of another protocol would not understand them',
    },
    steps: [
      writes('raw', records(registerText(1, attributes)), {
        messages: [{ element: 'lrmd_reply', lrmd_op: 'register', lrmd_rc: '-71' }],
        isAll: true,
      }),
      ...onlyFor('c', writes('raw', poke, { messages: [{ element: 'lrmd_reply' }, POKED], isAll: true })),
      ...onlyFor('ours', writes('raw', poke, { messages: [{ element: 'lrmd_reply' }], isAll: true })),
    ],
  };
}

function dropped(name: string, callOptions: number): ContractCase {
  return {
    ...ocf,
    name,
    clause: '3.6, 3.8',
    steps: [
      main.registers(ACTOR, { callOptions }),
      other.connects(),
      main.execs(ACTOR.id, 'monitor', TICKER),
      // The first that leaves takes nothing with it.
      main.leaves(),
      other.hears(result(ACTOR.id, 'monitor')),
      other.hears(result(ACTOR.id, 'monitor')),
      other.leaves(),
      shell(UNTIL_QUIET),
      third.asks('lrmd_get_recurring', undefined, {
        reply: { children: /^<lrmd_rsc lrmd_rsc_id="actor"\/>$/ },
      }),
      third.hearsNone(anyResult(ACTOR.id, 'monitor'), 1500),
    ],
  };
}

export const SESSION_CASES: readonly ContractCase[] = [
  {
    ...none,
    name: 'register_reply',
    clause: '3.3',
    steps: [
      writes('raw', records(registerText(1)), {
        messages: [{ ...REGISTERED, lrmd_callid: /^\d+$/, lrmd_protocol_version: /^1\.\d$/ }],
        isAll: true,
      }),
    ],
  },
  {
    ...none,
    name: 'register_reply_tells_uptime_and_start_state',
    clause: '3.3',
    env: { PCMK_node_start_state: 'standby' },
    differs: {
      c: '2.1.5 tells neither',
      ours: 'tells both, as 2.1.7 and later do',
      why: 'a controller keeps the transient attributes of a node that was up all along',
    },
    steps: [
      ...onlyFor('c', main.connects({}, { uptimeSeconds: undefined, nodeStartState: undefined })),
      ...onlyFor('ours', main.connects({}, { uptimeSeconds: { atLeast: 0 }, nodeStartState: 'standby' })),
    ],
  },
  registration('register_version_1_0', 'lrmd_protocol_version="1.0"'),
  registration('register_version_1_2', 'lrmd_protocol_version="1.2"'),
  registration('register_version_1_10', 'lrmd_protocol_version="1.10"'),
  refusal('register_version_too_old', 'lrmd_protocol_version="0.9"'),
  refusal('register_version_missing', ''),
  registration('register_provider_true', 'lrmd_protocol_version="1.1" lrmd_is_ipc_provider="true"'),
  registration('register_provider_yes', 'lrmd_protocol_version="1.1" lrmd_is_ipc_provider="YES"'),
  registration('register_provider_false', 'lrmd_protocol_version="1.1" lrmd_is_ipc_provider="0"'),
  {
    ...none,
    name: 'register_refused_by_the_library',
    clause: '3.4',
    steps: [main.isRefused(-71, { protocolVersion: '0.9' }), other.connects()],
  },
  {
    ...ocf,
    name: 'requests_before_register',
    clause: '3.1',
    // Carried out; notifications go to those with a name only.
    steps: [
      main.connects(),
      writes('raw', records(requestText(1, 'lrmd_rsc_register', RSC)), {
        messages: [{ element: 'lrmd_reply', lrmd_rc: '0' }],
        isAll: true,
      }),
      main.hears({ type: 'registered', rscId: ACTOR.id }),
      main.asks('lrmd_rsc_info', rscElement({ lrmd_rsc_id: ACTOR.id }), { reply: { lrmd_type: 'actor' } }),
    ],
  },
  {
    ...none,
    name: 'reply_comes_before_the_notification',
    clause: '4.1, 11.17',
    steps: [
      writes('raw', records(registerText(1)), { messages: [REGISTERED], isAll: true }),
      writes('raw', records(requestText(2, 'lrmd_rsc_register', RSC)), {
        messages: [
          { element: 'lrmd_reply', lrmd_remote_msg_id: '2', lrmd_rc: '0' },
          { element: 'lrmd_notify', lrmd_op: 'lrmd_rsc_register', lrmd_rsc_id: 'actor', lrmd_rc: '0' },
        ],
        isAll: true,
      }),
      writes('raw', records(requestText(3, 'lrmd_rsc_poke')), {
        messages: [
          { element: 'lrmd_reply', lrmd_remote_msg_id: '3', lrmd_rc: '0' },
          { element: 'lrmd_notify', lrmd_op: 'lrmd_rsc_poke', lrmd_remote_msg_id: '0' },
        ],
        isAll: true,
      }),
      writes('raw', records(requestText(4, 'lrmd_rsc_unregister', RSC)), {
        messages: [
          { element: 'lrmd_reply', lrmd_remote_msg_id: '4', lrmd_rc: '0' },
          { element: 'lrmd_notify', lrmd_op: 'lrmd_rsc_unregister', lrmd_rsc_id: 'actor', lrmd_rc: '0' },
        ],
        isAll: true,
      }),
    ],
  },
  {
    ...none,
    name: 'no_notification_of_what_only_asks',
    clause: '4.1',
    steps: [
      writes('raw', records(registerText(1)), { messages: [REGISTERED] }),
      ...['lrmd_rsc_info', 'lrmd_rsc_cancel', 'lrmd_get_recurring', 'lrmd_rsc_exec'].map((op, index) =>
        writes(
          'raw',
          records(requestText(index + 2, op, '<lrmd_rsc lrmd_rsc_id="x" lrmd_rsc_action="a"/>')),
          {
            messages: [{ element: 'lrmd_reply', lrmd_rc: '-19' }],
            isAll: true,
          },
        ),
      ),
      // Refused for want of an id: no notification either.
      writes('raw', records(requestText(9, 'lrmd_rsc_unregister', '<lrmd_rsc/>')), {
        messages: [{ element: 'lrmd_reply', lrmd_rc: '-19' }],
        isAll: true,
      }),
      writes('raw', records(requestText(10, 'lrmd_rsc_poke')), {
        messages: [{ element: 'lrmd_reply' }, { element: 'lrmd_notify', lrmd_op: 'lrmd_rsc_poke' }],
        isAll: true,
      }),
    ],
  },
  {
    ...none,
    name: 'unknown_operation',
    clause: '4.1',
    steps: ['no_such_operation', 'lrmd_rsc_metadata', 'constructor', '__proto__'].map((op) =>
      main.asks(op, undefined, { rc: -95, withinMs: 1000 }),
    ),
  },
  {
    ...none,
    name: 'call_ids_count_every_request',
    clause: '3.5',
    steps: [
      writes('raw', records(registerText(1)), { messages: [REGISTERED] }),
      main.connects(),
      main.asks('lrmd_rsc_info', rscElement({ lrmd_rsc_id: 'x' }), { rc: -19, keep: 'first' }),
      main.asks('no_such_operation', undefined, { rc: -95, keep: 'second' }),
      main.execs('x', 'start', {}, { rc: -19, events: [] }),
      main.registers(ACTOR),
      main.asks('lrmd_rsc_exec', execElement(ACTOR.id, 'start', { parameters: OK_SH }), {
        rc: 'call-id',
        keep: 'exec',
        events: [result(ACTOR.id, 'start', { callId: { ref: 'exec' } })],
      }),
    ],
  },
  {
    ...none,
    name: 'new_client_is_told_to_the_others',
    clause: '3.7',
    // At the end of the handshake, before it says anything; not to itself, not to those without a name.
    steps: [
      writes('nameless', records(requestText(1, 'lrmd_rsc_info', '<lrmd_rsc/>')), {
        messages: [{ element: 'lrmd_reply' }],
      }),
      main.connects(),
      writes('raw', records(requestText(1, 'lrmd_rsc_info', '<lrmd_rsc/>')), {
        messages: [{ element: 'lrmd_reply' }],
        isAll: true,
      }),
      main.hears({ type: 'new-client' }),
      other.connects(),
      main.hears({ type: 'new-client' }),
      other.hearsNone({ type: 'new-client' }, 300),
      writes('nameless', records(requestText(2, 'lrmd_rsc_info', '<lrmd_rsc/>')), {
        messages: [{ element: 'lrmd_reply', lrmd_remote_msg_id: '2' }],
        isAll: true,
      }),
    ],
  },
  {
    ...ocf,
    name: 'two_controllers_hear_the_same',
    clause: '3.7, 5.16',
    steps: [
      main.connects({ isIpcProvider: true }),
      other.connects({ isIpcProvider: true }),
      main.registers(ACTOR),
      other.hears({ type: 'registered', rscId: ACTOR.id }),
      main.execs(ACTOR.id, 'start', { parameters: OK_SH, userData: 'mine' }),
      other.hears(result(ACTOR.id, 'start', { userData: 'mine' })),
      other.execs(ACTOR.id, 'monitor', { parameters: OK_SH, userData: 'yours' }),
      main.hears(result(ACTOR.id, 'monitor', { userData: 'yours' })),
      main.unregisters(ACTOR.id),
      other.hears({ type: 'unregistered', rscId: ACTOR.id }),
      // The older stays, whoever came later.
      main.pokes(),
      other.hears({ type: 'poke' }),
    ],
  },
  dropped('drop_recurring_callopt_3_of_2_1', DROP_OLD),
  {
    ...dropped('drop_recurring_callopt_1_of_3_0', DROP_NEW),
    differs: {
      c: '2.1.5 wants both bits, and keeps the operation',
      ours: 'drops it for 1 and for 3',
      why: 'either generation may be the controller',
    },
    steps: [
      ...onlyFor(
        'c',
        main.registers(ACTOR, { callOptions: DROP_NEW }),
        main.execs(ACTOR.id, 'monitor', TICKER),
        main.leaves(),
        third.hears(result(ACTOR.id, 'monitor')),
      ),
      ...onlyFor('ours', ...dropped('', DROP_NEW).steps),
    ],
  },
  {
    ...ocf,
    name: 'recurring_operations_outlive_the_last_controller',
    clause: '3.8',
    steps: [
      main.registers(ACTOR),
      main.execs(ACTOR.id, 'monitor', TICKER),
      main.leaves(),
      file('/run/contract/ticks', 'there', /(tick\n){4}/),
      other.hears(result(ACTOR.id, 'monitor')),
      other.asks('lrmd_get_recurring', rscElement({ lrmd_rsc_id: ACTOR.id }), {
        reply: { children: /interval="300"/ },
      }),
      other.cancels({ ...MONITOR, intervalMs: 300 }),
    ],
  },
  {
    ...ocf,
    name: 'operation_in_flight_outlives_its_controller',
    clause: '3.8, 11.25',
    steps: [
      main.registers(ACTOR, { callOptions: DROP_OLD }),
      main.execs(
        ACTOR.id,
        'start',
        { parameters: { sh: 'while [ ! -e /run/contract/go ]; do sleep 0.1; done' }, userData: 'mine' },
        { events: [] },
      ),
      main.leaves(),
      other.connects(),
      file('/run/contract/go', 'written'),
      other.hears(result(ACTOR.id, 'start', { userData: 'mine' })),
    ],
  },
  {
    ...ocf,
    name: 'orig_only_is_lost_with_its_controller',
    clause: '5.16',
    steps: [
      main.registers(ACTOR),
      main.execs(ACTOR.id, 'monitor', { ...TICKER, intervalMs: 300 }, { callOptions: 2 }),
      main.leaves(),
      // Of the same name, but another connection.
      main.connects(),
      file('/run/contract/ticks', 'there', /(tick\n){3}/),
      main.hearsNone(anyResult(ACTOR.id, 'monitor'), 1000),
      other.cancels({ ...MONITOR, intervalMs: 300 }, { events: [] }),
    ],
  },
  {
    ...ocf,
    name: 'callopt_3_of_an_exec_is_orig_only',
    clause: '3.6',
    steps: [
      main.registers(ACTOR),
      other.connects(),
      main.execs(ACTOR.id, 'start', { parameters: OK_SH }, { callOptions: 3 }),
      other.hearsNone(anyResult(ACTOR.id, 'start'), 500),
      main.execs(ACTOR.id, 'start', { parameters: OK_SH }, { callOptions: 1 }),
      other.hears(result(ACTOR.id, 'start')),
    ],
  },
  {
    ...none,
    name: 'lrmd_check_is_not_answered',
    clause: '4.9',
    steps: [
      writes('raw', records(registerText(1)), { messages: [REGISTERED] }),
      ...['<lrmd_op/>', '<lrmd_op lrmd_watchdog="0"/>', '<lrmd_op lrmd_watchdog="nonsense"/>'].map(
        (data, index) => writes('raw', records(requestText(index + 2, 'lrmd_check', data)), {}),
      ),
      writes('raw', records(requestText(9, 'lrmd_rsc_info', '<lrmd_rsc/>')), {
        messages: [{ element: 'lrmd_reply', lrmd_remote_msg_id: '9' }],
        isAll: true,
      }),
    ],
  },
];
