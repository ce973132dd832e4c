import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AgentClient,
  MONITOR_INTERVAL_MS,
  ownProcesses,
  requestsOf,
  type StageUse,
  sampleUse,
  startClient,
  startServer,
} from './agents-stage.ts';
import { MissingError, ROOT } from './build.ts';
import { sampleMemoryOf } from './memory.ts';
import { untilListening } from './memory-group.ts';
import { type Stage, StageError } from './namespace.ts';
import { pick, type Session, type Side } from './session.ts';

/** Ways of one monitor of a web server; the C daemon's is what all of ours are beside. */
export const AGENT_WAYS = ['shell', 'executable', 'in-process'] as const;
type Way = (typeof AGENT_WAYS)[number];

/** What is read of each way. */
export const AGENT_READINGS = [
  'cpu',
  'cpu.first',
  'wall',
  'processes',
  'memory.before',
  'memory.after',
] as const;

const SHELL_AGENT = '/usr/lib/ocf/resource.d/heartbeat/apache';
const OWN_ROOT = join(ROOT, 'build/ocf');

/** Before anything is measured: the very first one loads the agent. */
const UNMEASURED = 1;
/** Measured apart: code that V8 has not seen often runs slower by far. */
const FIRST: Readonly<Record<Way, number>> = { shell: 10, executable: 10, 'in-process': 100 };
/** With these, what is kept in the daemon has seen a thousand. */
const WARM_UP: Readonly<Record<Way, number>> = { shell: 0, executable: 0, 'in-process': 899 };

interface Variant {
  readonly provider: string;
  readonly type: string;
  readonly env: readonly string[];
}

const variantOf = (way: Way): Variant => {
  if (way === 'shell') {
    return { provider: 'bench', type: 'apache', env: [] };
  }
  const isInside = way === 'in-process' ? 'yes' : 'no';
  const env = [`OCF_ROOT=${OWN_ROOT}`, `BUNDLET_IN_PROCESS=${isInside}`];
  return { provider: 'bundlet', type: 'apache', env };
};

/** The stage has an empty folder in the place of the system's agents: so it goes where those of the bench come from. */
const prepare = (session: Session): void => {
  if (!existsSync(SHELL_AGENT)) {
    throw new MissingError(`Expected ${SHELL_AGENT} to compare with: apt-get install resource-agents curl`);
  }
  copyFileSync(SHELL_AGENT, join(session.tools.agents, 'apache'));
  if (!existsSync(join(OWN_ROOT, 'resource.d/bundlet/apache'))) {
    throw new MissingError(`Expected our agent apache below ${OWN_ROOT}; npm run build makes it`);
  }
};

interface Reading {
  readonly firstCpuMs: number;
  readonly count: number;
  readonly elapsedMs: number;
  readonly from: StageUse;
  readonly to: StageUse;
}

/** Has the monitor done so often, one after the other. */
const ask = async (client: AgentClient, times: number): Promise<void> => {
  for (let time = 0; time < times; time += 1) {
    const output = await client.ask('once');
    if (pick(output, 'rc') !== 0) {
      throw new StageError(`Expected the agent to find the server healthy, got ${JSON.stringify(output)}`);
    }
  }
};

/** Lets the monitor be repeated for a while; the server's log tells how often it was. */
const repeat = async (session: Session, stage: Stage, way: Way): Promise<Reading> => {
  const { provider, type } = variantOf(way);
  await using client = startClient(stage, provider, type);
  await ask(client, UNMEASURED);
  const unmeasured = requestsOf(stage);
  const cold = await sampleUse(stage);
  await ask(client, FIRST[way]);
  const firstCpuMs = ((await sampleUse(stage)).cpuMs - cold.cpuMs) / FIRST[way];
  const requestsEach = (requestsOf(stage) - unmeasured) / FIRST[way];
  await ask(client, WARM_UP[way]);
  await client.ask('go');
  const from = await sampleUse(stage);
  const requests = requestsOf(stage);
  const startedAtMs = performance.now();
  await sleep(session.plan.agentSeconds * 1000);
  const count = (requestsOf(stage) - requests) / requestsEach;
  const elapsedMs = performance.now() - startedAtMs;
  const to = await sampleUse(stage);
  await client.ask('stop');
  return { firstCpuMs, count, elapsedMs, from, to };
};

const measure = async (session: Session, side: Side, way: Way): Promise<void> => {
  const variant = variantOf(way);
  const command = ['env', ...variant.env, ...session.daemons[side].pidOne];
  await using stage = await session.openStage('quickack', command);
  await untilListening(stage);
  await startServer(stage);
  await sleep(session.plan.settleMs);
  const before = sampleMemoryOf(ownProcesses(stage)).privateMb;
  const reading = await repeat(session, stage, way);
  await sleep(session.plan.afterBurstMs);
  const after = sampleMemoryOf(ownProcesses(stage)).privateMb;
  const { firstCpuMs, count, elapsedMs, from, to } = reading;
  const values: Readonly<Record<(typeof AGENT_READINGS)[number], number>> = {
    cpu: (to.cpuMs - from.cpuMs) / count,
    'cpu.first': firstCpuMs,
    wall: elapsedMs / count - MONITOR_INTERVAL_MS,
    processes: (to.lastPid - from.lastPid - 1) / count,
    'memory.before': before,
    'memory.after': after,
  };
  for (const name of AGENT_READINGS) {
    session.add(side, `agents.${way}.${name}`, values[name]);
    if (side === 'reference') {
      // Beside our other ways there is nothing in C but the same shell agent.
      session.add(side, `agents.executable.${name}`, values[name]);
      session.add(side, `agents.in-process.${name}`, values[name]);
    }
  }
  session.runs.push({
    ...{ name: `agents ${way}`, side, setting: 'quickack', attempt: 1, accepted: true, otherCores: 0 },
    output: { ...reading, before, after },
  });
};

/** One monitor of a real web server: Debian's shell agent below both daemons, and ours in both ways. */
export const measureAgents = async (session: Session): Promise<void> => {
  prepare(session);
  await session.interleave(session.plan.agentRounds, async (side) => {
    for (const way of side === 'ours' ? AGENT_WAYS : (['shell'] as const)) {
      await measure(session, side, way);
    }
  });
};
