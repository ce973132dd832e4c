import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import {
  commandLineOf,
  descendantsOf,
  environmentOf,
  executableOf,
  isRunning,
  isStill,
  listProcesses,
  type ProcessFacts,
  readProcess,
  sendSignal,
} from '../../../../agents/kit/index.ts';
import { until } from '../../../helpers/pid-namespace.ts';

const children: ChildProcess[] = [];

function start(path: string, args: readonly string[], argv0 = path): ChildProcess & { readonly pid: number } {
  const child = spawn(path, args, { stdio: 'ignore', argv0, env: { MARK: 'a b', EMPTY: '' } });
  children.push(child);
  if (child.pid === undefined) throw new Error(`Expected ${path} to run`);
  return child as ChildProcess & { readonly pid: number };
}

async function facts(pid: number): Promise<ProcessFacts> {
  const found = await readProcess(pid);
  if (found === undefined) throw new Error(`Expected a process ${pid}`);
  return found;
}

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    await until(() => child.exitCode !== null || child.signalCode !== null, 'the child has ended');
  }
});

describe('a process', () => {
  it('is told of as /proc has it', async () => {
    expect(await facts(process.pid)).toMatchObject({ pid: process.pid, ppid: process.ppid });
    const child = start('/bin/sleep', ['100']);
    const found = await facts(child.pid);
    expect(found).toMatchObject({ ppid: process.pid, session: (await facts(process.pid)).session });
    expect(found.startTicks).toBeGreaterThan(0);
    expect(isRunning(found)).toBe(true);
    expect(await isStill(found)).toBe(true);
  });

  it('may have a name with brackets, blanks and ends of lines', async () => {
    const child = start('/bin/sh', ['-c', 'printf "x) R 1 (\\n" > /proc/$$/comm; read x < /dev/zero']);
    await expect.poll(async () => (await facts(child.pid)).comm).toBe('x) R 1 (\n');
    expect(await facts(child.pid)).toMatchObject({ ppid: process.pid });
  });

  it('that is not there is undefined, and not running', async () => {
    for (const pid of [0, -1, 4_194_305, Number.NaN]) {
      expect(await readProcess(pid)).toBeUndefined();
    }
    expect(isRunning(undefined)).toBe(false);
    expect(await commandLineOf(4_194_305)).toEqual([]);
    expect(await executableOf(4_194_305)).toBeUndefined();
  });

  it('with another start is another one, and gets no signal', async () => {
    const child = start('/bin/sleep', ['100']);
    const { pid, startTicks } = await facts(child.pid);
    const earlier = { pid, startTicks: startTicks - 1 };
    expect(await isStill(earlier)).toBe(false);
    expect(await sendSignal(earlier, 'SIGKILL')).toBe(false);
    expect(await isStill({ pid, startTicks })).toBe(true);
    expect(await sendSignal({ pid, startTicks }, 'SIGKILL')).toBe(true);
    await expect.poll(() => sendSignal({ pid, startTicks }, 'SIGKILL')).toBe(false);
  });

  it('that has ended but was not looked at is not running', async () => {
    // The shell's child becomes a zombie of the `sleep` that the shell turns into.
    const parent = start('/bin/sh', ['-c', 'true & exec sleep 100']);
    const zombies = async () =>
      descendantsOf(parent.pid, await listProcesses()).filter(({ state }) => state === 'Z');
    await expect.poll(zombies).toHaveLength(1);
    const [zombie] = await zombies();
    if (zombie === undefined) throw new Error('Expected a zombie');
    expect(isRunning(zombie)).toBe(false);
    expect(await isStill(zombie)).toBe(false);
    expect(await sendSignal(zombie, 'SIGTERM')).toBe(false);
  });

  it('gives its executable, words and environment', async () => {
    const child = start('/bin/sleep', ['100', '0'], 'the sleeper');
    await expect.poll(() => executableOf(child.pid)).toMatch(/\/(sleep|coreutils)$/);
    expect(await commandLineOf(child.pid)).toEqual(['the sleeper', '100', '0']);
    expect(await environmentOf(child.pid)).toEqual(['MARK=a b', 'EMPTY=']);
  });

  it('never takes a group for a process', async () => {
    expect(await sendSignal({ pid: 0, startTicks: 0 }, 'SIGKILL')).toBe(false);
    expect(await sendSignal({ pid: -1, startTicks: 0 }, 'SIGKILL')).toBe(false);
  });
});

describe('all processes', () => {
  it('hold this one and its descendants, of any depth', async () => {
    const shell = start('/bin/sh', ['-c', 'sh -c "sleep 100; true"; true']);
    const names = async () => descendantsOf(shell.pid, await listProcesses()).map(({ comm }) => comm);
    await expect.poll(names).toEqual(['sh', 'sleep']);
    const all = await listProcesses();
    expect(all.some(({ pid }) => pid === process.pid)).toBe(true);
    expect(descendantsOf(process.pid, all).some(({ pid }) => pid === process.pid)).toBe(false);
    for (const { pid } of descendantsOf(shell.pid, all)) process.kill(pid, 'SIGKILL');
  });

  it('are a tree also where parents have higher numbers', () => {
    const one = (pid: number, ppid: number): ProcessFacts => ({
      pid,
      ppid,
      startTicks: 1,
      state: 'S',
      pgrp: 1,
      session: 1,
      comm: '',
    });
    const all = [one(2, 9), one(3, 2), one(9, 20), one(20, 1), one(21, 1)];
    expect(descendantsOf(20, all).map(({ pid }) => pid)).toEqual([2, 3, 9]);
  });
});
