// The spawner and what it runs, while parts of it are taken away.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Completion, RemoteClient } from '../../src/client/index.ts';
import { useAudit } from '../helpers/audit.ts';
import { killProcess, type ProcessInfo, until } from '../helpers/pid-namespace.ts';
import { ACTOR, act, type RunningDaemon, startDaemon, zombies } from '../integration/daemon/support.ts';

useAudit();

const named = (daemon: RunningDaemon, wanted: string): ProcessInfo[] =>
  daemon.namespace.processes().filter(({ name, state }) => name === wanted && state !== 'Z');

const noneNamed = (daemon: RunningDaemon, wanted: string): Promise<void> =>
  until(
    () => named(daemon, wanted).length === 0,
    () => `no ${wanted}, got ${JSON.stringify(named(daemon, wanted))}`,
  );

const noZombies = (daemon: RunningDaemon): Promise<void> =>
  until(
    () => zombies(daemon).length === 0,
    () => `no zombie, got ${zombies(daemon)}`,
  );

/** Kills the spawner there is, and gives its pid. */
function killSpawner(daemon: RunningDaemon): number {
  const [spawner] = named(daemon, 'pcmk-spawner');
  if (spawner === undefined) {
    throw new Error('There is no spawner');
  }
  killProcess(spawner.pid, 'SIGKILL');
  return spawner.pid;
}

/** Asks for an operation of so many resources each, and gives their results to come. */
async function beginAll(
  client: RemoteClient,
  count: number,
  sh: string,
  timeoutMs = 60_000,
): Promise<readonly Promise<Completion>[]> {
  const results: Promise<Completion>[] = [];
  for (let index = 0; index < count; index += 1) {
    await client.registerResource({ ...ACTOR, id: `many-${index}` });
    const request = { rscId: `many-${index}`, action: 'monitor', parameters: { sh } };
    const { result } = await client.exec({ ...request, timeoutMs });
    result.catch(() => undefined); // awaited where it matters
    results.push(result);
  }
  return results;
}

/** The process group as it is seen from inside. */
function groupOf(pid = 0): number {
  return Number(/^NSpgid:.*?(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
}

async function leave(client: RemoteClient): Promise<void> {
  client.close();
  await client.closed;
}

describe('a spawner that is killed', () => {
  it('takes its agents with it, is replaced, and nothing hangs', async () => {
    await using daemon = await startDaemon();
    const client = await daemon.connect();
    const descriptors = daemon.descriptors();
    const results = await beginAll(client, 20, 'echo begun; sleep 300 & wait');
    await until(() => named(daemon, 'sleep').length === 20, 'the agents to run');
    const first = killSpawner(daemon);
    for (const result of await Promise.all(results)) {
      const exitReason = 'Resource agent interrupted by Killed signal';
      expect(result).toMatchObject({ rc: 1, status: 4, exitReason, output: 'begun\n' });
    }
    // By the time of the result nothing of the group is left.
    expect(named(daemon, 'sleep')).toEqual([]);
    expect(await act(client, 'echo again')).toMatchObject({ rc: 0, output: 'again\n' });
    const [second] = named(daemon, 'pcmk-spawner');
    expect(second?.parent).toBe(daemon.daemonPid());
    expect(second?.pid).not.toBe(first);
    expect((await daemon.logged('spawner.lost'))[0]).toMatchObject({ inFlight: 20 });
    expect(daemon.namespace.stderr()).toContain('pcmk-init: the spawner was killed by signal 9');
    // Its own spawner is one socket instead of another.
    expect(daemon.descriptors()).toBeLessThanOrEqual(descriptors + 1);
    await noZombies(daemon);
    await leave(client);
    daemon.namespace.signal('SIGTERM');
    expect((await daemon.namespace.ended).status).toBe(0);
  });

  it('takes an agent with it that has left its group', async () => {
    await using daemon = await startDaemon();
    const client = await daemon.connect();
    const perl =
      'my $g = fork; sleep 300 if !$g; setpgrp($g, $g); setpgrp(0, $g) or die; print "moved\n"; sleep 300;';
    const ended = act(client, `exec perl -e 'BEGIN { $| = 1 } ${perl}' `);
    await until(() => named(daemon, 'perl').length === 2, 'the agent and its child');
    const agents = named(daemon, 'perl');
    const agent = agents.find(({ pid }) => agents.some(({ parent }) => parent === pid));
    await until(() => groupOf(agent?.pid) !== agent?.innerPid, 'the agent to leave its group');
    killSpawner(daemon);
    expect(await ended).toMatchObject({ rc: 1, status: 4 });
    expect(named(daemon, 'perl').map(({ pid }) => pid)).not.toContain(agent?.pid);
    await leave(client);
  });

  it('again and again is replaced by execa, and the next daemon has one again', async () => {
    await using daemon = await startDaemon();
    const client = await daemon.connect();
    for (let losses = 1; losses <= 3; losses += 1) {
      expect(await act(client, 'exit 7')).toMatchObject({ rc: 7 });
      killSpawner(daemon);
      await daemon.logged('spawner.lost', losses);
    }
    expect(await act(client, 'exit 7')).toMatchObject({ rc: 7, status: 0 });
    await daemon.logged('spawner.missing');
    expect(named(daemon, 'pcmk-spawner')).toEqual([]);
    await noZombies(daemon);
    killProcess(daemon.daemonPid(), 'SIGKILL');
    await client.closed;
    await daemon.logged('daemon.listening', 2);
    const after = await daemon.connect();
    expect(await act(after, 'exit 7')).toMatchObject({ rc: 7, status: 0 });
    expect(named(daemon, 'pcmk-spawner')).toHaveLength(1);
    await leave(after);
  });
});

describe('a daemon that is killed in the middle of an operation', () => {
  it('has a successor that runs nothing beside it, but on other resources', async () => {
    await using daemon = await startDaemon();
    const before = await daemon.connect();
    const lost = await beginAll(before, 1, 'exec sleep 300');
    await until(() => named(daemon, 'sleep').length === 1, 'the agent to run');
    killProcess(daemon.daemonPid(), 'SIGKILL');
    await expect(Promise.all(lost)).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    await before.closed;
    await daemon.logged('daemon.listening', 2);
    const [inherited] = await daemon.logged('op.inherited');
    const { innerPid: pid, pid: outerPid } = named(daemon, 'sleep')[0] ?? { innerPid: 0, pid: 0 };
    expect(inherited).toMatchObject({ rsc: 'many-0', op: 'monitor', intervalMs: 0, pid });
    expect(inherited?.['callId']).toBeGreaterThan(0);

    const after = await daemon.connect();
    // Who gets no turn within its timeout is told so, and the earlier one goes on.
    const [late] = await beginAll(after, 1, 'exit 7', 500);
    expect(await late).toMatchObject({ rc: 1, status: 2 });
    let isDone = false;
    const [second] = await beginAll(after, 1, 'exit 7');
    second?.then(() => {
      isDone = true;
    });
    expect(await act(after, 'echo other')).toMatchObject({ rc: 0, output: 'other\n' });
    expect(isDone).toBe(false);
    expect(named(daemon, 'sleep')).toHaveLength(1);
    killProcess(outerPid, 'SIGTERM');
    expect(await second).toMatchObject({ rc: 7, status: 0 });
    const [ended] = await daemon.logged('op.inherited-ended');
    expect(ended).toMatchObject({ rsc: 'many-0', exit: 'signalled', signal: 'SIGTERM' });
    await noZombies(daemon);
    await leave(after);
  });

  it('leaves the deadline to the spawner, and floods to nobody', async () => {
    await using daemon = await startDaemon();
    const before = await daemon.connect();
    await beginAll(before, 2, 'while :; do echo flood; done', 6000);
    await until(() => named(daemon, 'sh').length === 2, 'the agents to run');
    killProcess(daemon.daemonPid(), 'SIGKILL');
    await before.closed;
    const ended = await daemon.logged('op.inherited-ended', 2);
    expect(ended.map(({ exit }) => exit)).toEqual(['timed-out', 'timed-out']);
    await noneNamed(daemon, 'sh');
    await noZombies(daemon);
  });
});

describe('agents', () => {
  it('a thousand at once all get their result, and leave nothing', async () => {
    await using daemon = await startDaemon({ prelude: 'mkfifo "$scratch/gate"' });
    const client = await daemon.connect();
    await act(client, 'exit 0');
    const descriptors = daemon.descriptors();
    // Nobody gets through the gate before somebody opens it, who waits for all.
    const results = await beginAll(client, 1000, `read nothing <"${daemon.scratch}/gate"; exit 7`);
    await until(
      () => named(daemon, 'sh').length === 1000,
      () => `1000 agents, got ${named(daemon, 'sh').length}`,
    );
    await act(client, `: >"${daemon.scratch}/gate"`);
    const ended = await Promise.all(results);
    expect(ended.filter(({ rc, status }) => rc === 7 && status === 0)).toHaveLength(1000);
    expect(daemon.descriptors()).toBeLessThanOrEqual(descriptors);
    await noZombies(daemon);
    const [spawner] = named(daemon, 'pcmk-spawner');
    expect(readFileSync(`/proc/${spawner?.pid}/task/${spawner?.pid}/children`, 'utf8')).toBe('');
    await leave(client);
  }, 90_000);

  it('that write 100 MB are cut, and the spawner does not grow with them', async () => {
    await using daemon = await startDaemon();
    const client = await daemon.connect();
    const flood = 'head -c 100000000 /dev/zero | tr "\\0" x; echo last';
    const results = await beginAll(client, 4, flood);
    const most = { kb: 0 };
    const watch = setInterval(() => {
      most.kb = Math.max(most.kb, privateKb(daemon));
    }, 20);
    for (const { rc, output } of await Promise.all(results)) {
      expect(rc).toBe(0);
      expect(output).toContain(`\n[… ${100_000_005 - 1_048_576} bytes left out …]\n`);
      expect(output).toMatch(/xlast\n$/);
    }
    clearInterval(watch);
    // The tails of four, the queue to the daemon, and its own little.
    expect(most.kb).toBeLessThan(4 * 512 + 1024 + 512);
    await until(
      () => privateKb(daemon) < 512,
      () => `the memory to be given back, but there are ${privateKb(daemon)} kB`,
    );
    expect(await daemon.logged('op.output-cut', 4)).toHaveLength(4);
    await leave(client);
  }, 60_000);

  it('that write without end are killed at their deadline though the daemon stands still', async () => {
    await using daemon = await startDaemon();
    const client = await daemon.connect();
    const results = await beginAll(client, 8, 'while :; do echo flood; echo err >&2; done', 3000);
    await until(() => named(daemon, 'sh').length === 8, 'the agents to run');
    killProcess(daemon.daemonPid(), 'SIGSTOP');
    await noneNamed(daemon, 'sh');
    expect(privateKb(daemon)).toBeLessThan(16 * 512 + 1024 + 512);
    killProcess(daemon.daemonPid(), 'SIGCONT');
    for (const { rc, status, output } of await Promise.all(results)) {
      expect({ rc, status }).toEqual({ rc: 1, status: 2 });
      expect(output).toMatch(/^err\n/);
    }
    expect(await act(client, 'echo fine')).toMatchObject({ rc: 0, output: 'fine\n' });
    await noZombies(daemon);
    await leave(client);
  }, 60_000);
});

/** Memory that only the spawner has. */
function privateKb(daemon: RunningDaemon): number {
  const [spawner] = named(daemon, 'pcmk-spawner');
  const rollup = readFileSync(`/proc/${spawner?.pid}/smaps_rollup`, 'utf8');
  return Number(/^Private_Dirty: +(\d+)/m.exec(rollup)?.[1]);
}
