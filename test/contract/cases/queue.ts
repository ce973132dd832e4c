// Queueing, merging, cancelling, unregistering: when what runs and what is told of it [protocol 5.1 to 5.8, 5.16].
import type { ContractCase } from '../model.ts';
import { ACTOR, main, other, STATE } from '../resources.ts';
import {
  ANSWER_MS,
  anyResult,
  CHANGES_ONLY,
  controller,
  file,
  onlyFor,
  processes,
  QUIET_MS,
  result,
  rscElement,
  shell,
} from '../steps.ts';

const base = { classes: ['ocf'] } as const;
const ID = ACTOR.id;
const OK_SH = { sh: 'exit 0' };
const KEY = { rscId: ID, action: 'monitor', intervalMs: 1000 };
/** Runs until the file is there. */
const untilGo = { sh: 'echo begun; while [ ! -e /run/contract/go ]; do sleep 0.05; done' };
const sleeper = { sh: 'echo begun; sleep 314 & wait' };
const third = controller('third');

export const QUEUE_CASES: readonly ContractCase[] = [
  {
    ...base,
    name: 'operations_of_a_resource_take_turns',
    clause: '5.1, 5.2',
    steps: [
      main.registers(STATE),
      ...['start', 'monitor', 'notify', 'stop'].map((action) =>
        main.execs(STATE.id, action, { parameters: { op_sleep: '0.2' } }, { events: [] }),
      ),
      main.hears(
        result(STATE.id, 'start'),
        result(STATE.id, 'monitor'),
        result(STATE.id, 'notify', { rc: 3 }),
        result(STATE.id, 'stop'),
      ),
      shell('! cut -d " " -f 1 /run/contract/actions | uniq -d | grep .'),
    ],
  },
  {
    ...base,
    name: 'operations_of_resources_run_side_by_side',
    clause: '5.1',
    steps: [
      main.registers(ACTOR),
      main.registers({ ...ACTOR, id: 'second' }),
      main.execs(ID, 'start', { parameters: untilGo }, { events: [] }),
      main.execs('second', 'start', { parameters: { sh: ': >/run/contract/go' } }, { events: [] }),
      main.hearsInAnyOrder(result(ID, 'start'), result('second', 'start')),
    ],
  },
  {
    ...base,
    name: 'start_delay_holds_up_what_is_behind',
    clause: '5.2, 11.28',
    steps: [
      main.registers(ACTOR),
      main.execs(ID, 'start', { startDelayMs: 1500, parameters: OK_SH }, { events: [] }),
      main.execs(ID, 'monitor', { parameters: OK_SH }, { events: [] }),
      main.hearsNone(anyResult(ID, 'monitor'), 1000),
      main.hears(result(ID, 'start', { startDelayMs: 1500 }), result(ID, 'monitor')),
    ],
  },
  {
    ...base,
    name: 'start_delay_counts_from_queueing',
    clause: '5.2',
    // Both are over when the first has run; the second does not wait once more.
    steps: [
      main.registers(ACTOR),
      main.execs(ID, 'start', { parameters: { sh: 'sleep 1.5' } }, { events: [] }),
      main.execs(ID, 'monitor', { startDelayMs: 1500, parameters: OK_SH }, { events: [] }),
      main.hears(result(ID, 'start'), { event: result(ID, 'monitor'), afterMs: { atMost: 1000 } }),
    ],
  },
  {
    ...base,
    name: 'start_delay_applies_to_the_first_run',
    clause: '5.2',
    steps: [
      main.registers(ACTOR),
      main.execs(
        ID,
        'monitor',
        { startDelayMs: 2500, intervalMs: 300, parameters: OK_SH },
        { events: [{ event: result(ID, 'monitor'), afterMs: { atLeast: 2450 } }] },
      ),
      main.hears({ event: result(ID, 'monitor'), afterMs: { atMost: 2000 } }),
    ],
  },
  {
    ...base,
    name: 'interval_counts_from_the_end',
    clause: '5.3, 11.27',
    steps: [
      main.registers(ACTOR),
      main.execs(ID, 'monitor', { intervalMs: 700, parameters: { sh: 'sleep 0.7' } }),
      main.hears({ event: result(ID, 'monitor'), afterMs: { atLeast: 1350 } }),
      main.hears({ event: result(ID, 'monitor'), afterMs: { atLeast: 1350 } }),
    ],
  },
  {
    ...base,
    name: 'recurring_goes_on_after_failures',
    clause: '5.3',
    steps: [
      main.registers(ACTOR),
      main.execs(
        ID,
        'monitor',
        { intervalMs: 300, parameters: { sh: 'exit 1' } },
        { events: [result(ID, 'monitor', { rc: 1 })] },
      ),
      main.hears(result(ID, 'monitor', { rc: 1 }), result(ID, 'monitor', { rc: 1 })),
      main.execs(
        ID,
        'monitor',
        { intervalMs: 301, timeoutMs: 200, parameters: { sh: 'sleep 9' } },
        { events: [result(ID, 'monitor', { rc: 1, status: 2, intervalMs: 301 })] },
      ),
      main.hears(result(ID, 'monitor', { rc: 1, status: 2 })),
    ],
  },
  {
    ...base,
    name: 'recurring_goes_on_when_its_agent_is_missing',
    clause: '5.3',
    differs: {
      c: 'a first run that fails before the fork is the last; cancel gives -95',
      ours: 'runs it again after the interval; cancel takes it away',
      why: 'an agent that is installed later is noticed, and what is listed can be cancelled',
    },
    steps: [
      main.registers({ ...ACTOR, type: 'missing' }),
      main.execs(
        ID,
        'monitor',
        { intervalMs: 1000 },
        { events: [result(ID, 'monitor', { rc: 5, status: 7 })] },
      ),
      ...onlyFor('c', main.hearsNone(anyResult(ID, 'monitor')), main.cancels(KEY, { rc: -95, events: [] })),
      ...onlyFor(
        'ours',
        main.hears(result(ID, 'monitor', { rc: 5, status: 7 })),
        main.cancels(KEY, { events: [result(ID, 'monitor', { rc: 5, status: 1 })] }),
      ),
    ],
  },
  {
    ...base,
    name: 'merged_while_waiting_runs_at_once',
    clause: '5.4',
    // The newer call id and user data, the older parameters and timeout.
    steps: [
      main.registers(ACTOR),
      main.execs(
        ID,
        'monitor',
        { intervalMs: 60_000, timeoutMs: 20_000, parameters: OK_SH, userData: 'old' },
        { callOptions: CHANGES_ONLY, events: [result(ID, 'monitor', { userData: 'old' })], keep: 'first' },
      ),
      main.execs(
        ID,
        'MONITOR',
        { intervalMs: 60_000, timeoutMs: 1, parameters: { sh: 'exit 7' }, userData: 'new' },
        { keep: 'second', events: [] },
      ),
      main.hears(
        result(ID, 'monitor', {
          callId: { ref: 'second' },
          userData: 'new',
          timeoutMs: 20_000,
          parameters: OK_SH,
        }),
      ),
      main.cancels(
        { ...KEY, intervalMs: 60_000 },
        { events: [result(ID, 'monitor', { status: 1, callId: { ref: 'second' } })] },
      ),
      main.cancels({ ...KEY, intervalMs: 60_000 }, { rc: -95, events: [] }),
    ],
  },
  {
    ...base,
    name: 'merged_in_flight_runs_once',
    clause: '5.4',
    steps: [
      main.registers(ACTOR),
      main.execs(ID, 'monitor', { intervalMs: 60_000, parameters: untilGo }, { events: [], keep: 'first' }),
      main.execs(ID, 'monitor', { intervalMs: 60_000, parameters: untilGo }, { events: [], keep: 'second' }),
      file('/run/contract/go', 'written'),
      main.hears(result(ID, 'monitor', { callId: { ref: 'second' } })),
      main.hearsNone(anyResult(ID, 'monitor'), 700),
    ],
  },
  {
    ...base,
    name: 'merged_in_the_queue_runs_once',
    clause: '5.4',
    steps: [
      main.registers(ACTOR),
      main.execs(ID, 'start', { parameters: untilGo }, { events: [] }),
      main.execs(ID, 'monitor', { intervalMs: 60_000, parameters: OK_SH }, { events: [], keep: 'first' }),
      main.execs(ID, 'monitor', { intervalMs: 60_000, parameters: OK_SH }, { events: [], keep: 'second' }),
      file('/run/contract/go', 'written'),
      main.hears(result(ID, 'start'), result(ID, 'monitor', { callId: { ref: 'second' } })),
      main.hearsNone(anyResult(ID, 'monitor'), 700),
    ],
  },
  {
    ...base,
    name: 'one_shots_are_not_merged',
    clause: '5.4',
    steps: [
      main.registers(ACTOR),
      main.execs(ID, 'monitor', { parameters: { sh: 'sleep 0.3' } }, { events: [], keep: 'first' }),
      main.execs(ID, 'monitor', { parameters: { sh: 'sleep 0.3' } }, { events: [], keep: 'second' }),
      main.hears(
        result(ID, 'monitor', { callId: { ref: 'first' } }),
        result(ID, 'monitor', { callId: { ref: 'second' } }),
      ),
    ],
  },
  {
    ...base,
    name: 'other_intervals_and_actions_are_others',
    clause: '5.4',
    steps: [
      main.registers(ACTOR),
      main.execs(ID, 'monitor', { intervalMs: 60_000, parameters: OK_SH }),
      main.execs(ID, 'monitor', { intervalMs: 61_000, parameters: OK_SH }),
      main.execs(ID, 'status', { intervalMs: 60_000, parameters: OK_SH }),
      main.asks('lrmd_get_recurring', rscElement({ lrmd_rsc_id: ID }), {
        reply: { children: /^<lrmd_rsc [^>]*>(<lrmd_rsc_op [^>]*\/>){3}<\/lrmd_rsc>$/ },
      }),
    ],
  },
  {
    ...base,
    name: 'stop_cancels_recurring_operations_first',
    clause: '5.6, 11.17',
    // Waiting, in flight and in the queue, whoever asked; told before the stop is answered and run.
    steps: [
      main.registers(ACTOR),
      other.execs(ID, 'monitor', { intervalMs: 60_000, parameters: OK_SH }),
      main.execs(ID, 'monitor', { intervalMs: 61_000, parameters: sleeper }, { events: [] }),
      processes('sleep', 1),
      main.execs(ID, 'monitor', { intervalMs: 62_000, parameters: OK_SH }, { events: [] }),
      main.execs(
        ID,
        'STOP',
        { parameters: OK_SH },
        {
          events: [
            result(ID, 'monitor', { status: 1 }),
            result(ID, 'monitor', { status: 1 }),
            result(ID, 'monitor', { status: 1 }),
            result(ID, 'STOP'),
          ],
        },
      ),
      processes('sleep', 0),
      main.asks('lrmd_get_recurring', rscElement({ lrmd_rsc_id: ID }), {
        reply: { children: '<lrmd_rsc lrmd_rsc_id="actor"/>' },
      }),
    ],
  },
  {
    ...base,
    name: 'cancel_in_flight_kills_the_group',
    clause: '5.7',
    steps: [
      main.registers(ACTOR),
      main.execs(ID, 'monitor', { ...KEY, parameters: sleeper }, { events: [], keep: 'call' }),
      processes('sleep', 1),
      // Once it has answered this, it has also read what the agent wrote before.
      main.pokes(),
      main.cancels(KEY, {
        events: [result(ID, 'monitor', { status: 1, callId: { ref: 'call' }, output: /^begun/ })],
      }),
      processes('sleep', 0),
      main.hearsNone(anyResult(ID, 'monitor'), QUIET_MS),
      main.execs(ID, 'start', { parameters: OK_SH }),
    ],
  },
  {
    ...base,
    name: 'cancel_of_a_one_shot_in_flight',
    clause: '4.6, 5.7',
    steps: [
      main.registers(ACTOR),
      main.execs(ID, 'start', { parameters: untilGo }, { events: [] }),
      main.cancels({ rscId: ID, action: 'start', intervalMs: 0 }, { rc: -95, events: [] }),
      file('/run/contract/go', 'written'),
      main.hears(result(ID, 'start')),
    ],
  },
  {
    ...base,
    name: 'cancel_in_the_queue',
    clause: '5.7',
    steps: [
      main.registers(ACTOR),
      main.execs(ID, 'start', { parameters: untilGo }, { events: [] }),
      main.execs(ID, 'notify', { parameters: OK_SH }, { events: [] }),
      main.execs(ID, 'monitor', { intervalMs: 1000, parameters: OK_SH }, { events: [] }),
      main.cancels(
        { rscId: ID, action: 'NOTIFY', intervalMs: 0 },
        { events: [result(ID, 'notify', { status: 1 })] },
      ),
      main.cancels(KEY),
      file('/run/contract/go', 'written'),
      main.hears(result(ID, 'start')),
      main.hearsNone({ type: 'result' }, 1500),
    ],
  },
  {
    ...base,
    name: 'cancel_while_waiting_tells_the_last_result',
    clause: '5.7',
    steps: [
      main.registers(ACTOR),
      main.execs(
        ID,
        'monitor',
        { intervalMs: 60_000, parameters: { sh: 'exit 7' } },
        { events: [result(ID, 'monitor', { rc: 7 })] },
      ),
      main.cancels(
        { ...KEY, intervalMs: 60_000 },
        { events: [result(ID, 'monitor', { rc: 7, status: 1, runTime: 0, execTimeMs: 0, queueTimeMs: 0 })] },
      ),
    ],
  },
  {
    ...base,
    name: 'unregister_with_everything',
    clause: '4.4, 5.7, 11.21',
    // One in flight, one in the queue, one between two runs.
    steps: [
      main.registers(ACTOR),
      main.execs(ID, 'monitor', { intervalMs: 60_000, parameters: OK_SH }),
      main.execs(ID, 'start', { parameters: untilGo }, { events: [], keep: 'start' }),
      main.execs(ID, 'notify', { parameters: OK_SH }, { events: [] }),
      main.asks('lrmd_rsc_unregister', rscElement({ lrmd_rsc_id: ID }), { rc: -115, events: [] }),
      main.hears({ type: 'unregistered', rscId: ID, rc: -115 }),
      main.asks('lrmd_rsc_info', rscElement({ lrmd_rsc_id: ID }), { rc: -19 }),
      file('/run/contract/go', 'written'),
      main.hears(result(ID, 'start', { callId: { ref: 'start' }, rscDeleted: true })),
      main.hearsNone({ type: 'result' }, 700),
    ],
  },
  {
    ...base,
    name: 'unregister_tells_what_it_cancels',
    clause: '5.7',
    steps: [
      main.registers(ACTOR),
      main.execs(ID, 'monitor', { intervalMs: 60_000, parameters: OK_SH }),
      main.unregisters(ID, {
        events: [
          result(ID, 'monitor', { status: 1, rscDeleted: true }),
          { type: 'unregistered', rscId: ID, rc: 0 },
        ],
      }),
    ],
  },
  {
    ...base,
    name: 'replacement_frees_the_old_one',
    clause: '4.2, 5.7',
    // There is a resource of that id when it is told: it does not count as deleted.
    steps: [
      main.registers(ACTOR),
      main.execs(ID, 'monitor', { intervalMs: 60_000, parameters: OK_SH }),
      main.registers(
        { ...STATE, id: ID },
        {
          events: [
            result(ID, 'monitor', { status: 1, rscDeleted: false }),
            { type: 'registered', rscId: ID, rc: 0 },
          ],
        },
      ),
      main.execs(ID, 'start'),
      file('/run/contract/actor.state', 'there'),
    ],
  },
  {
    ...base,
    name: 'registration_again_keeps_everything',
    clause: '4.2',
    steps: [
      main.registers(ACTOR),
      main.execs(ID, 'monitor', { intervalMs: 300, parameters: OK_SH }),
      main.registers({ ...ACTOR, class: 'OCF', provider: 'CONTRACT', type: 'ACTOR' }),
      main.hears(result(ID, 'monitor')),
      main.asks('lrmd_rsc_info', rscElement({ lrmd_rsc_id: ID }), { reply: { lrmd_class: 'ocf' } }),
    ],
  },
  {
    ...base,
    name: 'changes_only_tells_changes',
    clause: '5.16',
    // Result and status count, output does not.
    steps: [
      main.registers(ACTOR),
      main.execs(
        ID,
        'monitor',
        {
          intervalMs: 300,
          parameters: {
            sh: 'date +%N; echo x >>/run/contract/runs; exit "$(cat /run/contract/rc 2>/dev/null || echo 0)"',
          },
        },
        { callOptions: CHANGES_ONLY },
      ),
      file('/run/contract/runs', 'there', /(x\n){4}/),
      main.hearsNone(anyResult(ID, 'monitor'), 100),
      file('/run/contract/rc', 'written', '7'),
      main.hears(result(ID, 'monitor', { rc: 7 })),
      file('/run/contract/rc', 'written', '0'),
      main.hears(result(ID, 'monitor', { rc: 0 })),
      main.cancels({ ...KEY, intervalMs: 300 }),
    ],
  },
  {
    ...base,
    name: 'get_recurring',
    clause: '4.7',
    steps: [
      main.asks('lrmd_get_recurring', undefined, { reply: { children: '' } }),
      main.asks('lrmd_get_recurring', rscElement({ lrmd_rsc_id: ID }), { rc: -19 }),
      main.registers(ACTOR),
      main.registers(STATE),
      main.execs(ID, 'monitor', { intervalMs: 60_000, timeoutMs: 5000, parameters: OK_SH }),
      main.execs(ID, 'monitor', { parameters: OK_SH }),
      main.asks('lrmd_get_recurring', rscElement({ lrmd_rsc_id: ID }), {
        reply: {
          children:
            '<lrmd_rsc lrmd_rsc_id="actor"><lrmd_rsc_op lrmd_rsc_action="monitor" ' +
            'lrmd_rsc_interval="60000" lrmd_timeout="5000"/></lrmd_rsc>',
        },
      }),
      main.asks('lrmd_get_recurring', undefined, {
        reply: { children: /(?=.*<lrmd_rsc lrmd_rsc_id="state"\/>)(?=.*interval="60000")/ },
      }),
    ],
  },
  {
    ...base,
    name: 'intervals_of_weeks',
    clause: '11.15, 11.38',
    // More than 2³¹−1 ms, the longest that a timer of Node waits: they must not fire at once.
    steps: [
      main.registers(ACTOR),
      main.execs(ID, 'monitor', { intervalMs: 2 ** 31, parameters: OK_SH }),
      main.execs(ID, 'status', { intervalMs: 2 ** 32 - 1, parameters: OK_SH }),
      main.execs(ID, 'start', { startDelayMs: 2 ** 31 - 1, parameters: OK_SH }, { events: [] }),
      main.hearsNone({ type: 'result' }, 1000),
      main.cancels({ rscId: ID, action: 'monitor', intervalMs: 2 ** 31 }),
      main.cancels({ rscId: ID, action: 'status', intervalMs: 2 ** 32 - 1 }),
      main.cancels({ rscId: ID, action: 'start', intervalMs: 0 }),
    ],
  },
  {
    ...base,
    name: 'poke_under_load',
    clause: '10.4',
    // 1,000 monitors that all begin now and come back for a hundred runs a second; a sign of life takes less than a
    // second all the same.
    steps: [
      third.connects(),
      ...Array.from({ length: 20 }, (_none, index) => main.registers({ ...ACTOR, id: `load-${index}` })),
      ...Array.from({ length: 1000 }, (_none, index) =>
        main.execs(
          `load-${index % 20}`,
          'monitor',
          { intervalMs: 10_000 + Math.floor(index / 20), parameters: OK_SH },
          { events: [], callOptions: CHANGES_ONLY },
        ),
      ),
      ...Array.from({ length: 5 }, () => third.pokes({ withinMs: ANSWER_MS })),
    ],
  },
];
