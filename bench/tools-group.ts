import { existsSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MissingError, ROOT, type Tools } from './build.ts';
import { sampleMemory } from './memory.ts';
import { untilListening } from './memory-group.ts';
import { KEY, type Stage } from './namespace.ts';
import { type Daemon, pick, type Session, type Side } from './session.ts';

/** The names that `tools.sh` gives its figures. */
export const TOOL_FIGURES = [
  'raw',
  'attrd_updater',
  'crm_node',
  'crm_attribute',
  'cibadmin',
  'cibadmin_large',
  'small_crm_node',
  'small_attrd_updater',
  'small_crm_attribute',
] as const;

/** Tools that have come and gone before the memory is read again, and as many small ones. */
export const TOOLS_BEFORE_MEMORY = 200;

const SCRIPT = join(import.meta.dirname, 'tools.sh');
const CLUSTER = join(ROOT, 'test/helpers/fake-cluster/program.ts');
const CLUSTER_LEAD_MS = 3000;
const TIMEOUT_MS = 300_000;

/** What stands before the names of our small tools. The C daemon has none: there Pacemaker's own are called instead. */
const smallTools = (session: Session, side: Side): string => {
  if (side === 'reference') {
    return '';
  }
  const { path } = session.daemons.ours;
  const folder = resolve(realpathSync(path), '../../lib/bundlet/tools');
  if (!existsSync(folder)) {
    throw new MissingError(`Expected the small tools of ${path} in ${folder}; build it with npm run build`);
  }
  return `${folder}/`;
};

const rounds = (session: Session): Promise<void> =>
  session.interleave(session.plan.toolRounds, async (side) => {
    const command = (daemon: Daemon, tools: Tools): readonly string[] => [
      ...['sh', SCRIPT, process.execPath, CLUSTER, tools.toolRounds],
      ...[String(session.plan.toolCalls), KEY, session.options.daemonOutput, daemon.path],
      smallTools(session, side),
    ];
    const output = await session.measure({ name: 'tools', side, setting: 'quickack', command });
    for (const name of TOOL_FIGURES) {
      session.add(side, `tools.${name}.p50`, pick(output, name, 'p50'));
      session.add(side, `tools.${name}.p99`, pick(output, name, 'p99'));
      if (pick(output, name, 'failed') > 0) {
        session.warn(`tools, ${side}: ${pick(output, name, 'failed')} calls of ${name} failed`);
      }
    }
  });

/** The fake cluster stays until the stage ends. */
const withCluster = async (stage: Stage): Promise<void> => {
  const command = ['sh', '-c', `sleep 300 | "$0" "$1" --key-file "$2"`, process.execPath, CLUSTER, KEY];
  stage.run(command, TIMEOUT_MS).catch(() => undefined); // the stage ends it
  await sleep(CLUSTER_LEAD_MS);
};

const memoryOf = async (session: Session, side: Side): Promise<void> => {
  await using stage = await session.openStage('quickack', session.daemons[side].pidOne);
  await untilListening(stage);
  await withCluster(stage);
  await sleep(session.plan.settleMs);
  const connected = sampleMemory(stage.pid);
  for (const tool of ['crm_node', `${smallTools(session, side)}crm_node`]) {
    const calls = ['spawn', String(TOOLS_BEFORE_MEMORY), tool, '-l'];
    await stage.run([session.tools.toolRounds, ...calls], TIMEOUT_MS);
  }
  await sleep(session.plan.afterBurstMs);
  const after = sampleMemory(stage.pid);
  session.add(side, 'tools.memory.before', connected.privateMb);
  session.add(side, 'tools.memory.after', after.privateMb);
  session.runs.push({
    ...{ name: 'tools memory', side, setting: 'quickack', attempt: 1, accepted: true, otherCores: 0 },
    output: { connected, after },
  });
};

/** Pacemaker's local tools through the daemon, with a cluster that answers at once. */
export const measureTools = async (session: Session): Promise<void> => {
  await rounds(session);
  await session.interleave(1, (side) => memoryOf(session, side));
};
