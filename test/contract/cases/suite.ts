// The other cases of cts-exec by their names [protocol 10.3].
import type { RscFields } from '../../../src/client/index.ts';
import type { ContractCase, Pattern, Step } from '../model.ts';
import { DUMMY, main, other, STATE } from '../resources.ts';
import {
  anyResult,
  CHANGES_ONLY,
  type ExecFieldsPart,
  file,
  ORIG_ONLY,
  result,
  rscElement,
  shell,
} from '../steps.ts';

const ID = DUMMY.id;
const LIMITS = { timeoutMs: 20_000 };
const EVERY_SECOND = { ...LIMITS, intervalMs: 1000 };
const MONITOR = { rscId: ID, action: 'monitor', intervalMs: 1000 };
const STATE_FILE = '/run/Dummy-test_rsc.state';
const NOT_RUNNING: Pattern = result(ID, 'monitor', { rc: 7 });
const NOT_INSTALLED: Pattern = { rc: 5, status: 7 };

const register = main.registers(DUMMY);
const start = main.execs(ID, 'start', LIMITS);
const stop = main.execs(ID, 'stop', LIMITS);
const unregister = main.unregisters(ID);
const cancelled = main.cancels(MONITOR, { events: [result(ID, 'monitor', { rc: 7, status: 1 })] });
const quiet = main.hearsNone(anyResult(ID, 'monitor'));

const ocf = { clause: '10.3', classes: ['ocf'], reconnects: true } as const;
/** What is told once must not be missed between two connections. */
const connected = { clause: '10.3', classes: ['ocf'] } as const;

function uninstalled(rsc: RscFields): Step[] {
  return [
    main.registers(rsc),
    main.execs(rsc.id, 'start', LIMITS, { events: [result(rsc.id, 'start', NOT_INSTALLED)] }),
    main.unregisters(rsc.id),
  ];
}

/** 25 resources at once, 20 s at most for all to do the same. cts-exec asks for one operation after the other. */
function stress(): Step[] {
  const resources = Array.from({ length: 25 }, (_none, index) => ({ ...DUMMY, id: `ocf_stress_${index}` }));
  const forAll = (action: string, fields: ExecFieldsPart): Step[] => [
    ...resources.map(({ id }) => main.execs(id, action, fields, { events: [] })),
    main.hearsInAnyOrder(...resources.map(({ id }) => result(id, action))),
  ];
  return [
    ...resources.map((rsc) => main.registers(rsc)),
    ...forAll('start', LIMITS),
    ...forAll('monitor', EVERY_SECOND),
    ...forAll('stop', LIMITS),
    ...resources.map(({ id }) => main.unregisters(id)),
  ];
}

const inflight = Array.from({ length: 9 }, (_none, index) => 1000 + index);

export const SUITE_CASES: readonly ContractCase[] = [
  {
    ...ocf,
    name: 'ocf_start_timeout',
    steps: [
      register,
      main.execs(
        ID,
        'start',
        { timeoutMs: 1000, parameters: { op_sleep: '5' } },
        { events: [result(ID, 'start', { rc: 1, status: 2 })] },
      ),
      stop,
      unregister,
    ],
  },
  {
    ...ocf,
    name: 'monitor_fail_ocf',
    steps: [
      register,
      start,
      start,
      main.execs(ID, 'monitor', EVERY_SECOND),
      main.hears(result(ID, 'monitor')),
      main.hears(result(ID, 'monitor')),
      file(STATE_FILE, 'removed'),
      main.hears(NOT_RUNNING),
      cancelled,
      quiet,
      unregister,
    ],
  },
  {
    ...connected,
    name: 'monitor_changes_only',
    steps: [
      register,
      start,
      main.execs(ID, 'monitor', EVERY_SECOND, { callOptions: CHANGES_ONLY }),
      main.hearsNone(result(ID, 'monitor')),
      file(STATE_FILE, 'removed'),
      main.hears(NOT_RUNNING),
      cancelled,
      quiet,
      unregister,
    ],
  },
  {
    ...ocf,
    name: 'cancel_non_existent_op',
    steps: [
      register,
      start,
      main.execs(ID, 'monitor', EVERY_SECOND),
      main.hears(result(ID, 'monitor')),
      main.cancels({ ...MONITOR, intervalMs: 2000 }, { rc: -95, events: [] }),
      main.cancels({ ...MONITOR, action: 'stop' }, { rc: -95, events: [] }),
      main.hears(result(ID, 'monitor')),
      unregister,
    ],
  },
  {
    ...ocf,
    name: 'invoke_non_existent_rsc',
    steps: [
      ...['start', 'stop'].map((action) => main.execs(ID, action, LIMITS, { rc: -19, events: [] })),
      main.execs(ID, 'monitor', EVERY_SECOND, { rc: -19, events: [] }),
      main.cancels(MONITOR, { rc: -19, events: [] }),
      unregister,
    ],
  },
  {
    ...ocf,
    name: 'start_uninstalled_ocf',
    steps: uninstalled({ ...DUMMY, type: 'this_is_fake1234' }),
  },
  { ...ocf, name: 'start_ocf_bad_provider', steps: uninstalled({ ...DUMMY, provider: 'pancakes' }) },
  {
    ...ocf,
    name: 'start_ocf_no_provider',
    // cts-exec's own library refuses to send such a registration; sent all the same, the daemon takes it.
    steps: [
      main.execs(ID, 'start', LIMITS, { rc: -19, events: [] }),
      main.registers({ id: ID, class: 'ocf', type: 'Dummy' }),
      main.execs(ID, 'start', LIMITS, { events: [result(ID, 'start', { rc: 1, status: 6 })] }),
      unregister,
    ],
  },
  {
    ...connected,
    name: 'ocf_stress',
    steps: stress(),
  },
  {
    ...ocf,
    name: 'rsc_inflight_collision',
    // cts-exec has runs of 2 s; 0.2 s are enough for nine monitors of 1 s to be in each other's way.
    steps: [
      main.registers(STATE),
      main.execs(STATE.id, 'start', { ...LIMITS, parameters: { op_sleep: '1' } }),
      ...inflight.map((intervalMs) =>
        main.execs(STATE.id, 'monitor', { ...LIMITS, intervalMs, parameters: { op_sleep: '0.2' } }),
      ),
      // No action begins before the one in front of it has ended.
      shell('! cut -d " " -f 1 /run/contract/actions | uniq -d | grep .'),
      main.execs(STATE.id, 'stop', LIMITS),
      main.unregisters(STATE.id),
    ],
  },
  {
    ...ocf,
    name: 'rsc_tmp_dir',
    steps: [
      file('/run/resource-agents', 'there'),
      main.registers({ ...DUMMY, provider: 'heartbeat' }),
      start,
      file('/run/resource-agents/Dummy-test_rsc.state', 'there'),
      stop,
      unregister,
    ],
  },
  {
    ...connected,
    name: 'start_delay',
    // cts-exec waits 6 s, of which 2 s in silence.
    steps: [
      register,
      main.execs(ID, 'start', { ...LIMITS, startDelayMs: 2000 }, { events: [] }),
      main.hearsNone(anyResult(ID, 'start'), 1500),
      main.hears(result(ID, 'start')),
      stop,
      unregister,
    ],
  },
  {
    ...ocf,
    name: 'start_delay_cancel',
    steps: [
      register,
      main.execs(ID, 'start', { ...LIMITS, startDelayMs: 2000 }, { events: [] }),
      main.cancels({ rscId: ID, action: 'start', intervalMs: 0 }),
      main.hearsNone(anyResult(ID, 'start')),
      unregister,
    ],
  },
  {
    ...ocf,
    name: 'verify_get_rsc_info',
    steps: [
      register,
      main.asks('lrmd_rsc_info', rscElement({ lrmd_rsc_id: ID }), {
        reply: { lrmd_rsc_id: ID, lrmd_class: 'ocf', lrmd_provider: 'pacemaker', lrmd_type: 'Dummy' },
      }),
      unregister,
      main.asks('lrmd_rsc_info', rscElement({ lrmd_rsc_id: ID }), {
        rc: -19,
        reply: { lrmd_rsc_id: undefined, lrmd_class: undefined, lrmd_type: undefined },
      }),
    ],
  },
  {
    ...ocf,
    name: 'duplicate_registration',
    steps: [
      register,
      register,
      main.asks('lrmd_rsc_info', rscElement({ lrmd_rsc_id: ID }), { reply: { lrmd_type: 'Dummy' } }),
      main.registers({ ...DUMMY, type: 'Stateful' }),
      main.asks('lrmd_rsc_info', rscElement({ lrmd_rsc_id: ID }), { reply: { lrmd_type: 'Stateful' } }),
      unregister,
      main.asks('lrmd_rsc_info', rscElement({ lrmd_rsc_id: ID }), { rc: -19 }),
    ],
  },
  {
    ...connected,
    name: 'notify_orig_client_only',
    steps: [
      register,
      start,
      other.connects(),
      main.execs(ID, 'monitor', EVERY_SECOND, { callOptions: ORIG_ONLY }),
      main.hears(result(ID, 'monitor')),
      other.hearsNone(anyResult(ID, 'monitor')),
      other.cancels(MONITOR, { events: [] }),
      main.hears(result(ID, 'monitor', { status: 1 })),
      unregister,
    ],
  },
];
