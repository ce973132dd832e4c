import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, expect, it } from 'vitest';
import {
  type Clock,
  isRunning,
  type ProcessFacts,
  readProcess,
  terminate,
} from '../../../../agents/kit/index.ts';
import { until } from '../../../helpers/pid-namespace.ts';

const children: ChildProcess[] = [];
const clock: Clock = {
  nowMs: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
const context = (leftMs: number) => {
  const endsAtMs = clock.nowMs() + leftMs;
  return { clock, leftMs: () => Math.max(0, endsAtMs - clock.nowMs()), signal: new AbortController().signal };
};

/** A shell that has run its script as far as the line `ready`. */
async function shell(script: string): Promise<number> {
  const child = spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += String(chunk);
  });
  await until(() => text.includes('ready'), 'the shell is ready');
  return child.pid ?? 0;
}

const finder = (pids: readonly number[]) => async (): Promise<readonly ProcessFacts[]> =>
  (await Promise.all(pids.map(readProcess))).filter(isRunning);

const IGNORES_TERM = 'trap "" TERM; echo ready; while :; do sleep 0.05; done';
const ENDS = 'echo ready; exec sleep 100';
const signalOf = (pid: number) => children.find((child) => child.pid === pid)?.signalCode;

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    await until(() => child.exitCode !== null || child.signalCode !== null, 'the child has ended');
  }
});

it('ends with the first signal who obeys it, and with the next who does not', async () => {
  const obeys = await shell(ENDS);
  const ignores = await shell(IGNORES_TERM);
  const steps = [
    { signal: 'SIGTERM', waitMs: 300 },
    { signal: 'SIGKILL', waitMs: 10_000 },
  ] as const;
  expect(await terminate(context(60_000), { find: finder([obeys, ignores]), steps })).toEqual([]);
  await until(() => signalOf(obeys) !== null && signalOf(ignores) !== null, 'both have ended');
  expect([signalOf(obeys), signalOf(ignores)]).toEqual(['SIGTERM', 'SIGKILL']);
});

it('does not wait where nobody is, and gives who survives', async () => {
  expect(
    await terminate(context(0), { find: async () => [], steps: [{ signal: 'SIGTERM', waitMs: 1e9 }] }),
  ).toEqual([]);
  const ignores = await shell(IGNORES_TERM);
  const left = await terminate(context(60_000), {
    find: finder([ignores]),
    steps: [{ signal: 'SIGTERM', waitMs: 100 }],
  });
  expect(left.map(({ pid }) => pid)).toEqual([ignores]);
});

it('leaves every step its share of too short a time', async () => {
  const ignores = await shell(IGNORES_TERM);
  const steps = [
    { signal: 'SIGTERM', waitMs: 90_000 },
    { signal: 'SIGKILL', waitMs: 90_000 },
  ] as const;
  expect(await terminate(context(1000), { find: finder([ignores]), steps })).toEqual([]);
  await until(() => signalOf(ignores) !== null, 'it has ended');
  expect(signalOf(ignores)).toBe('SIGKILL');
});

it('wakes who is stopped', async () => {
  const stopped = await shell('trap "exit 3" TERM; echo ready; while :; do sleep 0.01; done');
  process.kill(stopped, 'SIGSTOP');
  await expect.poll(async () => (await readProcess(stopped))?.state).toBe('T');
  const steps = [{ signal: 'SIGTERM', waitMs: 20_000 }] as const;
  expect(await terminate(context(60_000), { find: finder([stopped]), steps })).toEqual([]);
  const child = children.find(({ pid }) => pid === stopped);
  await until(() => child?.exitCode !== null, 'it has ended');
  expect(child?.exitCode).toBe(3);
});

it('meets who comes while it waits', async () => {
  const first = await shell(IGNORES_TERM);
  const second = await shell(ENDS);
  let looks = 0;
  const find = async () => finder(++looks < 3 ? [first] : [first, second])();
  await terminate(context(60_000), { find, steps: [{ signal: 'SIGTERM', waitMs: 500 }] });
  await until(() => signalOf(second) !== null, 'the second has ended');
  expect(signalOf(second)).toBe('SIGTERM');
});

it('ends when the action is given up', async () => {
  const ignores = await shell(IGNORES_TERM);
  const abort = new AbortController();
  const aborting: Clock = {
    nowMs: clock.nowMs,
    sleep: async (_ms, signal) => {
      abort.abort(new Error('over'));
      signal.throwIfAborted();
    },
  };
  const steps = [{ signal: 'SIGTERM', waitMs: 60_000 }] as const;
  await expect(
    terminate(
      { clock: aborting, leftMs: () => 60_000, signal: abort.signal },
      { find: finder([ignores]), steps },
    ),
  ).rejects.toThrow('over');
});
