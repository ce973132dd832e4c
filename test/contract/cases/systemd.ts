// The cases of cts-exec that only systemd has [protocol 10.3].
import type { ContractCase } from '../model.ts';
import { main } from '../resources.ts';
import { anyResult, result, shell } from '../steps.ts';

const ID = 'test_rsc';
const LIMITS = { timeoutMs: 20_000 };
const EVERY_SECOND = { ...LIMITS, intervalMs: 1000 };
const MONITOR = { rscId: ID, action: 'monitor', intervalMs: 1000 };
const UNIT = 'contract-dummyd@1';

const systemd = { clause: '10.3', classes: ['systemd'], reconnects: true } as const;

// Units of their own that need some hundredths of a second each.
const many = Array.from({ length: 25 }, (_none, index) => ({
  id: `systemd_stress_${index}`,
  class: 'systemd',
  type: `contract-dummyd@0.${10 + index}`,
}));

export const SYSTEMD_CASES: readonly ContractCase[] = [
  {
    ...systemd,
    name: 'systemd_stress',
    // One after the other, as cts-exec does: 2.1.5 does not wait for its own reload, so that units started at once
    // fail. It looks after two seconds whether a unit is there, which makes this the longest case.
    steps: [
      ...many.flatMap((rsc) => [
        main.registers(rsc),
        main.execs(rsc.id, 'start', LIMITS),
        main.execs(rsc.id, 'monitor', EVERY_SECOND),
      ]),
      ...many.flatMap(({ id }) => [main.execs(id, 'stop', LIMITS), main.unregisters(id)]),
    ],
  },
  {
    ...systemd,
    name: 'monitor_fail_systemd',
    steps: [
      main.registers({ id: ID, class: 'systemd', type: UNIT }),
      main.execs(ID, 'start', LIMITS),
      main.execs(ID, 'start', LIMITS),
      main.execs(ID, 'monitor', EVERY_SECOND),
      main.hears(result(ID, 'monitor')),
      main.hears(result(ID, 'monitor')),
      shell(`systemctl kill --kill-who=all --signal=KILL ${UNIT}.service`),
      main.hears(result(ID, 'monitor', { rc: 7 })),
      main.cancels(MONITOR, { events: [result(ID, 'monitor', { rc: 7, status: 1 })] }),
      main.hearsNone(anyResult(ID, 'monitor')),
      main.unregisters(ID),
    ],
  },
  {
    ...systemd,
    name: 'start_uninstalled_systemd',
    steps: [
      main.registers({ id: ID, class: 'systemd', type: 'this_is_fake1234' }),
      main.execs(ID, 'start', LIMITS, { events: [result(ID, 'start', { rc: 5, status: 7 })] }),
      main.unregisters(ID),
    ],
  },
];
