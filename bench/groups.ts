import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { measureAgents } from './agents-group.ts';
import { BUILD, type Tools } from './build.ts';
import { measureCommands } from './commands-group.ts';
import { measureMemory } from './memory-group.ts';
import { KEY, type Setting } from './namespace.ts';
import type { GroupName } from './options.ts';
import { type Daemon, type Output, pick, type Session, SIDE_NAMES } from './session.ts';
import { measureTools } from './tools-group.ts';

const RESOURCES = 100;
const MONITOR_INTERVAL_MS = 1000;
const WARM_UP = 20;
const WARM_UP_DEPLOYED = 3;

/** A command line of lrmd-bench that starts the daemon itself. */
const client =
  (session: Session, ...args: readonly (string | number)[]) =>
  (daemon: Daemon, tools: Tools): readonly string[] => [
    tools.client,
    ...args.map(String),
    ...['-j', '-k', KEY, '-s', daemon.path, '-D', session.options.daemonOutput],
  ];

const start = (session: Session): Promise<void> =>
  session.interleave(session.plan.startRuns, async (side) => {
    const command = client(session, 'startup', '-R', 1);
    const output = await session.measure({ name: 'start', side, setting: 'quickack', command });
    session.add(side, 'start.listening', pick(output, 'listening_ms', 'p50'));
    session.add(side, 'start.stop', pick(output, 'stop_ms', 'p50'));
    if (pick(output, 'odd_exits') > 0) {
      session.warn(`start, ${SIDE_NAMES[side]}: exit status after SIGTERM was not 0`);
    }
  });

const execWith = (session: Session, setting: Setting): Promise<void> => {
  const deployed = setting === 'as-deployed';
  const { plan } = session;
  const operations = deployed ? plan.execOperationsDeployed : plan.execOperations;
  const warmUp = deployed ? WARM_UP_DEPLOYED : WARM_UP;
  return session.interleave(plan.execRounds, async (side) => {
    const command = client(session, 'exec', '-o', operations, '-w', warmUp, '-a', 'ocf:bench:true-sh');
    const output = await session.measure({ name: `exec ${setting}`, side, setting, command });
    session.add(side, `exec.${setting}.p50`, pick(output, 'latency_ms', 'p50'));
    session.add(side, `exec.${setting}.p99`, pick(output, 'latency_ms', 'p99'));
    session.add(side, `reply.${setting}.p50`, pick(output, 'reply_ms', 'p50'));
  });
};

const exec = async (session: Session): Promise<void> => {
  await execWith(session, 'quickack');
  await execWith(session, 'as-deployed');
};

const parallelWith = (
  session: Session,
  setting: Setting,
  rounds: number,
  operations: number,
): Promise<void> =>
  session.interleave(rounds, async (side) => {
    const load = ['-n', RESOURCES, '-c', RESOURCES, '-o', operations];
    const command = client(session, 'exec', ...load, '-w', Math.min(RESOURCES, operations));
    const output = await session.measure({ name: `parallel ${setting}`, side, setting, command });
    session.add(side, `parallel.${setting}`, pick(output, 'ops_per_s'));
    session.add(side, `parallel.${setting}.cpu`, pick(output, 'daemon_cpu_ms_per_op'));
  });

const parallel = async (session: Session): Promise<void> => {
  const { plan } = session;
  await parallelWith(session, 'quickack', plan.parallelRounds, plan.parallelOperations);
  if (plan.parallelOperationsDeployed > 0) {
    await parallelWith(session, 'as-deployed', 1, plan.parallelOperationsDeployed);
  }
};

const monitorsOf = (session: Session) => {
  const { monitors, monitorSeconds } = session.plan;
  return client(session, 'recur', '-n', monitors, '-i', MONITOR_INTERVAL_MS, '-d', monitorSeconds);
};

/** The same load once more, with a probe in our daemon that would disturb the figures. */
const loopDelay = async (session: Session): Promise<void> => {
  const file = join(BUILD, 'loop-delay.json');
  const probe = join(import.meta.dirname, 'loop-probe.cjs');
  const command = (daemon: Daemon, tools: Tools): readonly string[] => [
    ...['env', `NODE_OPTIONS=--require=${probe}`, `BENCH_LOOP_OUT=${file}`],
    ...monitorsOf(session)(daemon, tools),
  ];
  rmSync(file, { force: true });
  await session.measure({ name: 'loop delay', side: 'ours', setting: 'quickack', command });
  session.add('ours', 'recurring.loop.p99', pick(JSON.parse(readFileSync(file, 'utf8')) as Output, 'p99'));
};

const recurring = async (session: Session): Promise<void> => {
  await session.interleave(1, async (side) => {
    const command = monitorsOf(session);
    const output = await session.measure({ name: 'recurring', side, setting: 'quickack', command });
    session.add(side, 'recurring.events', pick(output, 'events_per_s'));
    session.add(side, 'recurring.late.p50', pick(output, 'gap_late_ms', 'p50'));
    session.add(side, 'recurring.late.p99', pick(output, 'gap_late_ms', 'p99'));
    session.add(side, 'recurring.cpu', pick(output, 'daemon_cpu_pct'));
  });
  await loopDelay(session);
};

const storm = (session: Session): Promise<void> =>
  session.interleave(session.plan.stormRounds, async (side) => {
    const command = (daemon: Daemon, tools: Tools): readonly string[] => [
      ...[tools.storm, '-n', String(session.plan.stormClients), '-k', KEY],
      ...['-D', session.options.daemonOutput, daemon.path],
    ];
    const output = await session.measure({ name: 'storm', side, setting: 'as-deployed', command });
    session.add(side, 'storm.failed', pick(output, 'failed'));
    if (pick(output, 'failed') > 0) {
      session.warn(`storm, ${SIDE_NAMES[side]}: ${output.failed} clients refused (${output.first_error})`);
    } else {
      session.add(side, 'storm.all', pick(output, 'all_ms'));
    }
  });

/** What each group does; the order is that of GROUPS. */
export const GROUP_WORK: Readonly<Record<GroupName, (session: Session) => Promise<void>>> = {
  start,
  memory: measureMemory,
  exec,
  parallel,
  recurring,
  storm,
  tools: measureTools,
  commands: measureCommands,
  agents: measureAgents,
};
