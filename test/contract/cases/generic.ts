// What cts-exec does with every class of agents [protocol 10.3].
import type { RscFields } from '../../../src/client/index.ts';
import type { AgentClass, ContractCase, Step } from '../model.ts';
import { main } from '../resources.ts';
import { anyResult, result } from '../steps.ts';

interface Agent {
  readonly rsc: RscFields;
  /** The action that looks after it: cts-exec asks lsb for its own word. */
  readonly monitor: string;
}

const AGENTS: Readonly<Record<Exclude<AgentClass, 'none' | 'alert' | 'tools'>, Agent>> = {
  ocf: {
    rsc: { id: 'ocf_test_rsc', class: 'ocf', provider: 'pacemaker', type: 'Dummy' },
    monitor: 'monitor',
  },
  lsb: { rsc: { id: 'lsb_test_rsc', class: 'lsb', type: 'LSBDummy' }, monitor: 'status' },
  service: { rsc: { id: 'service_test_rsc', class: 'service', type: 'LSBDummy' }, monitor: 'monitor' },
  systemd: {
    rsc: { id: 'systemd_test_rsc', class: 'systemd', type: 'contract-dummyd@1' },
    monitor: 'monitor',
  },
};

const INTERVAL_MS = 1000;
const LIMITS = { timeoutMs: 20_000 };

function genericCases([name, { rsc, monitor }]: [string, Agent]): ContractCase[] {
  const { id } = rsc;
  const classes = [name as AgentClass];
  const recurring = { ...LIMITS, intervalMs: INTERVAL_MS };
  const key = { rscId: id, action: monitor, intervalMs: INTERVAL_MS };
  const begin: Step[] = [main.registers(rsc), main.execs(id, 'start', LIMITS)];
  const watch: Step[] = [
    main.execs(id, monitor, recurring),
    main.hears(result(id, monitor)),
    main.hears(result(id, monitor)),
  ];
  const quiet = main.hearsNone(anyResult(id, monitor));
  const end: Step[] = [main.execs(id, 'stop', LIMITS), main.unregisters(id)];
  const base = { clause: '10.3', classes, reconnects: true } as const;
  return [
    { ...base, name: `generic_registration_${name}`, steps: [main.registers(rsc), main.unregisters(id)] },
    { ...base, name: `generic_start_stop_${name}`, steps: [...begin, ...end] },
    {
      ...base,
      name: `generic_monitor_cancel_${name}`,
      steps: [...begin, ...watch, main.cancels(key), quiet, ...end],
    },
    {
      ...base,
      name: `generic_monitor_duplicate_${name}`,
      steps: [
        ...begin,
        ...watch,
        ...Array.from({ length: 4 }, () => main.execs(id, monitor, recurring)),
        main.hears(result(id, monitor)),
        main.cancels(key),
        quiet,
        ...end,
      ],
    },
    {
      ...base,
      name: `generic_stop_implies_cancel_${name}`,
      steps: [...begin, ...watch, main.execs(id, 'stop', LIMITS), quiet, main.unregisters(id)],
    },
  ];
}

const all = Object.values(AGENTS);
const forAll = (step: (agent: Agent) => Step): Step[] => all.map(step);

// With cts-exec -R, the remote daemon, it does without stonith, as here.
const allTogether: ContractCase = {
  name: 'multi_rsc_start_stop_all_including_stonith',
  clause: '10.3',
  classes: ['ocf', 'lsb', 'service', 'systemd'],
  reconnects: true,
  steps: [
    ...forAll(({ rsc }) => main.registers(rsc)),
    ...forAll(({ rsc }) => main.execs(rsc.id, 'start', LIMITS)),
    ...forAll(({ rsc, monitor }) => main.execs(rsc.id, monitor, { ...LIMITS, intervalMs: INTERVAL_MS })),
    ...forAll(({ rsc, monitor }) => main.hears(result(rsc.id, monitor))),
    ...forAll(({ rsc, monitor }) =>
      main.cancels({ rscId: rsc.id, action: monitor, intervalMs: INTERVAL_MS }),
    ),
    ...forAll(({ rsc }) => main.execs(rsc.id, 'stop', LIMITS)),
    ...forAll(({ rsc }) => main.unregisters(rsc.id)),
  ],
};

export const GENERIC_CASES: readonly ContractCase[] = [
  ...Object.entries(AGENTS).flatMap(genericCases),
  allTogether,
];
