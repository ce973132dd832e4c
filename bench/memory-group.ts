import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type MemorySample, sampleMemory } from './memory.ts';
import { KEY, type Stage, StageError } from './namespace.ts';
import type { Session, Side } from './session.ts';

const PORT_HEX = (3121).toString(16).toUpperCase().padStart(4, '0');
const LISTEN = '0A';
const ESTABLISHED = '01';
const LISTEN_TIMEOUT_MS = 30_000;
const POLL_MS = 50;
const CLIENT_LEAD_MS = 1000; // lrmd-bench waits that long between connect and its own sample
const CLIENT_TIMEOUT_MS = 300_000;

const readTable = (pid: number, table: string): string => {
  try {
    return readFileSync(`/proc/${pid}/net/${table}`, 'utf8');
  } catch (error) {
    throw new StageError('Expected the daemon to stay as PID 1; it ended (see --daemon-output)', {
      cause: error,
    });
  }
};

/** Whether the daemon's port is in this state, on the daemon's own end, in the network namespace of a process. */
const hasSocket = (pid: number, state: string): boolean =>
  ['tcp', 'tcp6'].some((table) =>
    readTable(pid, table)
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .some(([, local, , found]) => local?.endsWith(`:${PORT_HEX}`) === true && found === state),
  );

export const untilListening = async (stage: Stage): Promise<void> => {
  const deadline = performance.now() + LISTEN_TIMEOUT_MS;
  while (!hasSocket(stage.pid, LISTEN)) {
    if (performance.now() > deadline) {
      throw new StageError(`Expected the daemon to listen within ${LISTEN_TIMEOUT_MS / 1000} s as PID 1`);
    }
    await sleep(POLL_MS);
  }
};

const withClient = async (session: Session, stage: Stage): Promise<MemorySample> => {
  const { settleMs } = session.plan;
  const seconds = String(settleMs / 1000 + 1); // stays a second longer than we need it
  const client = stage.run([session.tools.client, 'idle', '-j', '-k', KEY, '-d', seconds], CLIENT_TIMEOUT_MS);
  client.catch(() => undefined); // awaited below; it may fail while we sleep
  await sleep(CLIENT_LEAD_MS + settleMs);
  if (!hasSocket(stage.pid, ESTABLISHED)) {
    await client;
    throw new StageError('Expected a client to be connected while the memory is read');
  }
  const sample = sampleMemory(stage.pid);
  await client;
  return sample;
};

const measureSide = async (session: Session, side: Side): Promise<void> => {
  const { plan, tools } = session;
  // The command becomes PID 1, so the sums hold what a container holds: init, helpers and daemon.
  await using stage = await session.openStage('quickack', session.daemons[side].pidOne);
  await untilListening(stage);
  await sleep(plan.settleMs);
  const idle = sampleMemory(stage.pid);
  const connected = await withClient(session, stage);
  const load = ['-n', '100', '-c', '100', '-o', String(plan.burstOperations)];
  await stage.run([tools.client, 'exec', '-j', '-k', KEY, ...load], CLIENT_TIMEOUT_MS);
  await sleep(plan.afterBurstMs);
  const after = sampleMemory(stage.pid);
  await sleep(plan.muchLaterMs);
  const later = sampleMemory(stage.pid);

  session.add(side, 'memory.idle', idle.privateMb);
  session.add(side, 'memory.idle.rss', idle.rssMb);
  session.add(side, 'memory.client', connected.privateMb);
  session.add(side, 'memory.client.rss', connected.rssMb);
  session.add(side, 'memory.burst', after.privateMb);
  session.add(side, 'memory.burst.rss', after.rssMb);
  if (plan.muchLaterMs > 0) {
    session.add(side, 'memory.later', later.privateMb);
  }
  session.runs.push({
    ...{ name: 'memory', side, setting: 'quickack', attempt: 1, accepted: true, otherCores: 0 },
    output: { idle, connected, after, later },
  });
};

/** Memory does not depend on how busy the machine is, so nothing is repeated here. */
export const measureMemory = (session: Session): Promise<void> =>
  session.interleave(1, (side) => measureSide(session, side));
