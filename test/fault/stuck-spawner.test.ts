// A spawner that hangs: what it runs and is asked to run still ends.
import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { helpSpawner } from '../../src/process/stuck-spawner.ts';
import { useAudit } from '../helpers/audit.ts';
import { freeze, removeCgroup, writableCgroups } from '../helpers/cgroup.ts';
import { killProcess, type ProcessInfo, readProcess, until } from '../helpers/pid-namespace.ts';
import { act, type RunningDaemon, startDaemon, zombies } from '../integration/daemon/support.ts';

useAudit();

const spawnersOf = (daemon: RunningDaemon): ProcessInfo[] =>
  daemon.namespace.processes().filter(({ name, state }) => name === 'pcmk-spawner' && state !== 'Z');

function spawnerOf(daemon: RunningDaemon): ProcessInfo {
  const [found] = spawnersOf(daemon);
  if (found === undefined) {
    throw new Error('There is no spawner');
  }
  return found;
}

describe('a spawner that somebody stopped', () => {
  it('is woken, and loses nothing', async () => {
    await using daemon = await startDaemon();
    const client = await daemon.connect();
    const { pid } = spawnerOf(daemon);
    killProcess(pid, 'SIGSTOP');
    // A timeout of 1 s, and 10 s of silence.
    expect(await act(client, 'echo late', { timeoutMs: 1000 })).toMatchObject({ rc: 0, output: 'late\n' });
    expect((await daemon.logged('spawner.stuck'))[0]).toMatchObject({ inFlight: 1 });
    expect(spawnerOf(daemon).pid).toBe(pid);
    client.close();
    await client.closed;
  }, 60_000);

  it.skipIf(writableCgroups() === undefined)(
    'and can not be woken is given up: each operation is answered, nothing is left, the next has a spawner',
    async () => {
      await using daemon = await startDaemon();
      const client = await daemon.connect();
      const { pid } = spawnerOf(daemon);
      const sleeping = act(client, 'exec sleep 300', { timeoutMs: 2000 });
      await until(() => daemon.namespace.processes().some(({ name }) => name === 'sleep'), 'the agent');
      const cgroup = freeze(pid);
      const result = await sleeping;
      await until(() => removeCgroup(cgroup), 'the end of the frozen spawner');
      expect(result).toMatchObject({
        rc: 1,
        status: 4,
        exitReason: 'Resource agent interrupted by Killed signal',
      });
      expect(readProcess(pid)).toBeUndefined();
      expect(daemon.namespace.processes().filter(({ name }) => name === 'sleep')).toEqual([]);
      expect(await act(client, 'echo again')).toMatchObject({ rc: 0, output: 'again\n' });
      expect(spawnerOf(daemon).pid).not.toBe(pid);
      await until(() => zombies(daemon).length === 0, 'no zombie');
      client.close();
      await client.closed;
    },
    60_000,
  );
});

describe('a spawner that is stopped while its daemon dies', () => {
  it('is woken for the next daemon, which hears of what still runs', async () => {
    await using daemon = await startDaemon();
    const before = await daemon.connect();
    const lost = act(before, 'exec sleep 300');
    lost.catch(() => undefined);
    const sleepers = () => daemon.namespace.processes().filter(({ name }) => name === 'sleep');
    await until(() => sleepers().length === 1, 'the agent');
    const { pid } = spawnerOf(daemon);
    killProcess(pid, 'SIGSTOP');
    killProcess(daemon.daemonPid(), 'SIGKILL');
    await before.closed;
    await daemon.logged('daemon.listening', 2);
    expect(await daemon.logged('op.inherited')).toMatchObject([{ op: 'monitor' }]);
    const after = await daemon.connect();
    killProcess(sleepers()[0]?.pid, 'SIGKILL');
    expect(await act(after, 'exit 7')).toMatchObject({ rc: 7 });
    expect(spawnersOf(daemon).map((found) => found.pid)).toEqual([pid]);
    after.close();
    await after.closed;
  }, 60_000);
});

describe('help for a spawner', () => {
  it('kills the child that has not become its program, and no other', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'stuck-spawner-'));
    const program = join(directory, 'pcmk-spawner');
    copyFileSync('/bin/sh', program);
    // A child of its own name that waits for ever, and one that is a program already.
    const script =
      'exec 3<&0; ( read line <&3 ) & echo $!; sleep 300 & echo $!; wait %1; echo status $?; wait';
    const box = spawn(program, ['-c', script], { stdio: ['pipe', 'pipe', 'ignore'] });
    let printed = '';
    box.stdout.on('data', (bytes: Buffer) => {
      printed += bytes.toString();
    });
    await until(() => printed.split('\n').length === 3, 'both children');
    const [stuck, fine] = printed.trim().split('\n').map(Number) as [number, number];
    await until(() => readProcess(fine)?.name === 'sleep', 'the program');
    expect(readProcess(stuck)?.name ?? 'gone').toBe('pcmk-spawner');
    killProcess(box.pid, 'SIGSTOP');
    await until(() => readFileSync(`/proc/${box.pid}/stat`, 'latin1').includes(') T '), 'the stop');
    helpSpawner(box.pid ?? 0);
    await until(() => printed.includes('status 137\n'), 'it to go on');
    expect(readProcess(fine)?.state).toBe('S');
    killProcess(fine, 'SIGKILL');
    await new Promise((done) => box.once('close', done));
    rmSync(directory, { recursive: true });
  });
});
