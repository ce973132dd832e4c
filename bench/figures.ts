import { AGENT_READINGS, AGENT_WAYS } from './agents-group.ts';
import { COMMANDS } from './commands-group.ts';
import type { GroupName } from './options.ts';
import type { Plan } from './plan.ts';
import { TOOL_FIGURES, TOOLS_BEFORE_MEMORY } from './tools-group.ts';

/** Undefined: the C daemon could not be measured. */
export type Judge = (ours: number, reference: number | undefined) => string;

export interface Budget {
  /** As docs/architecture.md has it. */
  readonly text: string;
  readonly judge: Judge;
}

export type Unit = 'ms' | 'MB' | 'processes' | 'ops/s' | 'events/s' | '% of a core' | 'clients';

export interface Figure {
  /** The reading of that name; of several, the median unless `summary` says otherwise. */
  readonly reading: string;
  readonly summary?: 'median' | 'max';
  readonly group: GroupName;
  readonly title: string;
  readonly unit: Unit;
  readonly budget?: Budget;
}

export const OK = 'ok';
export const MISSED = 'missed';
export const UNKNOWN = 'not comparable';

const word = (holds: boolean): string => (holds ? OK : MISSED);

const atMost = (limit: number, text: string): Budget => ({ text, judge: (ours) => word(ours <= limit) });

const compared = (text: string, judge: (ours: number, reference: number) => string): Budget => ({
  text,
  judge: (ours, reference) => (reference === undefined ? UNKNOWN : judge(ours, reference)),
});

/** Two runs of one and the same daemon differ by this much. */
const MEASURING_ERROR = 0.05;
const EQUAL = `${OK}, equal`;

const noMore = (ours: number, c: number): string => {
  if (ours <= c) {
    return OK;
  }
  return ours <= c * (1 + MEASURING_ERROR) ? EQUAL : MISSED;
};

const noLess = (ours: number, c: number): string => {
  if (ours >= c) {
    return OK;
  }
  return ours >= c * (1 - MEASURING_ERROR) ? EQUAL : MISSED;
};

const asC = compared('≤ C', noMore);
const asManyAsC = compared('≥ C', noLess);

/** Two marks: a weaker one for execa, which runs the agents where the spawner is missing. */
const EXEC = compared('≤ C; with execa ≤ 2× C', (ours, c) => {
  const sharp = noMore(ours, c);
  return sharp === MISSED && ours <= 2 * c ? `${OK} for execa` : sharp;
});

const EXEC_GROUPS = [
  { setting: 'quickack', reply: undefined, exec: EXEC },
  {
    setting: 'as-deployed',
    reply: atMost(5, '≤ 5 ms'),
    exec: atMost(10, '≤ 10 ms'),
  },
] as const;

const execFigures = (): readonly Figure[] =>
  EXEC_GROUPS.flatMap(({ setting, reply, exec }): readonly Figure[] => {
    const group = 'exec';
    const where = setting === 'quickack' ? 'quickack' : 'as deployed';
    return [
      {
        ...{ group, reading: `reply.${setting}.p50`, title: `request → reply, ${where}, p50`, unit: 'ms' },
        ...(reply === undefined ? {} : { budget: reply }),
      },
      {
        ...{ group, reading: `exec.${setting}.p50`, title: `one sh operation, ${where}, p50`, unit: 'ms' },
        budget: exec,
      },
      { group, reading: `exec.${setting}.p99`, title: `one sh operation, ${where}, p99`, unit: 'ms' },
    ];
  });

const memoryFigures = (plan: Plan): readonly Figure[] => {
  const group = 'memory';
  const burst = `after ${plan.burstOperations} operations, idle for ${plan.afterBurstMs / 1000} s`;
  const laterSeconds = (plan.afterBurstMs + plan.muchLaterMs) / 1000;
  const figure = (reading: string, title: string): Figure => ({ group, reading, title, unit: 'MB' });
  return [
    { ...figure('memory.idle', 'idle, daemon + init: private'), budget: atMost(13, '≤ 13 MB') },
    figure('memory.client', 'one idle client: private'),
    { ...figure('memory.burst', `${burst}: private`), budget: atMost(20, '≤ 20 MB') },
    figure('memory.later', `the same, idle for ${laterSeconds} s: private`),
    figure('memory.idle.rss', 'idle: resident, shared pages included'),
    figure('memory.client.rss', 'one idle client: resident'),
    figure('memory.burst.rss', `${burst}: resident`),
  ];
};

const recurringFigures = (plan: Plan): readonly Figure[] => {
  const group = 'recurring';
  const what = `${plan.monitors} monitors at 1 s`;
  return [
    { group, reading: 'recurring.events', title: `${what}: events`, unit: 'events/s', budget: asManyAsC },
    { group, reading: 'recurring.late.p50', title: `${what}: late, p50`, unit: 'ms', budget: asC },
    { group, reading: 'recurring.late.p99', title: `${what}: late, p99`, unit: 'ms', budget: asC },
    {
      ...{ group, reading: 'recurring.loop.p99', title: `${what}: delay of the event loop, p99`, unit: 'ms' },
      budget: atMost(5, '≤ 5 ms'),
    },
    { group, reading: 'recurring.cpu', title: `${what}: CPU of the daemon`, unit: '% of a core' },
  ];
};

/** A tool is mostly its own start; what we add to it must not be felt. */
const TOOL = compared('≤ 1.2 × C', (ours, c) => word(ours <= 1.2 * c));

/** The work of a small tool is done in the daemon. */
const SMALL_TOOL = atMost(15, '≤ 15 ms');

const TOOL_TITLES: Readonly<Record<(typeof TOOL_FIGURES)[number], string>> = {
  raw: 'attribute query on an open connection',
  attrd_updater: 'attrd_updater -Q',
  crm_node: 'crm_node -n',
  crm_attribute: 'crm_attribute -t status -G',
  cibadmin: 'cibadmin -Q',
  cibadmin_large: 'cibadmin -Q, 1 MB',
  small_crm_node: 'our crm_node -n beside the real one',
  small_attrd_updater: 'our attrd_updater -U beside the real one',
  small_crm_attribute: 'our crm_attribute -t status -G beside the real one',
};

/** The bare query is no tool: it shows where the time goes. */
const budgetOf = (name: (typeof TOOL_FIGURES)[number]): Pick<Figure, 'budget'> => {
  if (name === 'raw') {
    return {};
  }
  return { budget: name.startsWith('small_') ? SMALL_TOOL : TOOL };
};

const toolFigures = (plan: Plan): readonly Figure[] => {
  const group = 'tools';
  const memory = 'a cluster connected: private';
  const calls = `after ${TOOLS_BEFORE_MEMORY} tools and ${TOOLS_BEFORE_MEMORY} small ones`;
  return [
    ...TOOL_FIGURES.flatMap((name): readonly Figure[] => [
      {
        group,
        reading: `tools.${name}.p50`,
        title: `${TOOL_TITLES[name]}, p50`,
        unit: 'ms',
        ...budgetOf(name),
      },
      { group, reading: `tools.${name}.p99`, title: `${TOOL_TITLES[name]}, p99`, unit: 'ms' },
    ]),
    { group, reading: 'tools.memory.before', title: memory, unit: 'MB' },
    {
      ...{ group, reading: 'tools.memory.after', unit: 'MB', budget: atMost(20, '≤ 20 MB') },
      title: `${calls}, idle for ${plan.afterBurstMs / 1000} s, ${memory}`,
    },
  ];
};

const commandFigures = (): readonly Figure[] =>
  COMMANDS.flatMap((name): readonly Figure[] => {
    const figure = { group: 'commands', unit: 'ms' } as const;
    return [
      {
        ...{ ...figure, reading: `commands.${name}.p50`, title: `bundlet ${name}, p50` },
        budget: atMost(120, '≤ 120 ms'),
      },
      { ...figure, reading: `commands.${name}.p99`, title: `bundlet ${name}, p99` },
    ];
  });

/** What our agents are for: the shell agent's work without its forks. */
const TWENTIETH = compared('≤ C / 20', (ours, c) => word(ours <= c / 20));

const AGENT_TITLES: Readonly<Record<(typeof AGENT_WAYS)[number], string>> = {
  shell: "Debian's shell agent",
  executable: 'our agent as a program, beside the shell agent',
  'in-process': 'our agent in the daemon, beside the shell agent',
};

const AGENT_UNITS: Readonly<Record<(typeof AGENT_READINGS)[number], readonly [title: string, unit: Unit]>> = {
  cpu: ['CPU of everything but the server', 'ms'],
  'cpu.first': ['the same of the first ones', 'ms'],
  wall: ['time', 'ms'],
  processes: ['processes and threads made', 'processes'],
  'memory.before': ['private memory before', 'MB'],
  'memory.after': ['private memory after', 'MB'],
};

const agentBudget = (way: string, reading: string): Pick<Figure, 'budget'> => {
  if (way !== 'in-process') {
    return {};
  }
  return { cpu: { budget: TWENTIETH }, processes: { budget: atMost(0, 'none') } }[reading] ?? {};
};

const agentFigures = (): readonly Figure[] =>
  AGENT_WAYS.flatMap((way) =>
    AGENT_READINGS.map((reading): Figure => {
      const [what, unit] = AGENT_UNITS[reading];
      const title = `one apache monitor, ${AGENT_TITLES[way]}: ${what}`;
      return {
        group: 'agents',
        reading: `agents.${way}.${reading}`,
        title,
        unit,
        ...agentBudget(way, reading),
      };
    }),
  );

/** Every line of the table, in its order. */
export const figures = (plan: Plan): readonly Figure[] => [
  {
    ...{ group: 'start', reading: 'start.listening', title: 'process start → listening, p50', unit: 'ms' },
    budget: atMost(120, '≤ 120 ms'),
  },
  {
    ...{ group: 'start', reading: 'start.listening', title: 'process start → listening, max', unit: 'ms' },
    summary: 'max',
  },
  { group: 'start', reading: 'start.stop', title: 'SIGTERM → exit, p50', unit: 'ms' },
  ...memoryFigures(plan),
  ...execFigures(),
  {
    ...{ group: 'parallel', reading: 'parallel.quickack', unit: 'ops/s' },
    title: '100 operations in flight, quickack',
    budget: compared('≥ C', noLess),
  },
  {
    ...{ group: 'parallel', reading: 'parallel.quickack.cpu', unit: 'ms' },
    title: '100 in flight: CPU of the daemon per operation',
  },
  {
    ...{ group: 'parallel', reading: 'parallel.as-deployed', unit: 'ops/s' },
    title: '100 resources, as deployed (one blocking client)',
  },
  ...recurringFigures(plan),
  {
    ...{ group: 'storm', reading: 'storm.all', unit: 'ms' },
    title: `${plan.stormClients} controllers connect at once`,
    budget: atMost(1000, '< 1 s'),
  },
  {
    ...{ group: 'storm', reading: 'storm.failed', unit: 'clients', summary: 'max' },
    title: `${plan.stormClients} controllers: refused`,
    budget: atMost(0, 'none'),
  },
  ...toolFigures(plan),
  ...commandFigures(),
  ...agentFigures(),
];
