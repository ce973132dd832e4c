import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OCF } from '../../../../agents/kit/index.ts';
import { emit } from '../../../../src/observe/events.ts';
import type { LoadedAgent } from '../../../../src/process/in-process/agent-run.ts';
import { InProcess } from '../../../../src/process/in-process/in-process.ts';
import { AGENTS, launcherText } from '../../../../src/process/own-agents.ts';
import type { Command } from '../../../../src/process/runner.ts';
import { type HeardEvents, listenTo } from '../../../helpers/events.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';
import { FakeRunner } from '../../standards/kit.ts';
import { agentThat, Ends, monitorCommand } from './kit.ts';

let root: string;
let path: string;
let clock: FakeClock;
let programs: FakeRunner;
let loads: string[];
let heard: HeardEvents;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bundlet-in-process-'));
  const installed = AGENTS.find(({ name }) => name === 'dummy');
  path = join(root, installed?.path ?? '');
  for (const [file, text] of [
    [path, installed === undefined ? '' : launcherText(installed)],
    [join(root, 'usr/lib/bundlet/agents/dummy.cjs'), ''],
  ] as const) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, 0o755);
  }
  clock = new FakeClock();
  programs = new FakeRunner();
  loads = [];
  heard = listenTo('agent.loaded', 'agent.not-loaded', 'agent.faulted', 'agent.abandoned');
});

afterEach(() => {
  heard.stop();
  expect(clock.waiting).toBe(0);
  rmSync(root, { recursive: true });
});

function make(agent: LoadedAgent | Error): InProcess {
  return new InProcess({
    clock,
    runner: () => programs,
    folder: join(root, 'usr/lib/bundlet'),
    load: (name) => {
      loads.push(name);
      if (agent instanceof Error) {
        throw agent;
      }
      return agent;
    },
  });
}

/** Runs the agent once; true if there was a process for it. */
async function runOnce(inside: InProcess, fields: Partial<Command> = {}): Promise<boolean> {
  const ends = new Ends();
  const before = programs.commands.length;
  (await inside.runnerFor(path)).run(monitorCommand({ path, ...fields }), ends.onExit);
  await ends.first();
  return programs.commands.length > before;
}

describe('what runs agents in the daemon', () => {
  it('loads a module with the first action', async () => {
    const inside = make(agentThat(async () => OCF.SUCCESS));
    expect(await runOnce(inside)).toBe(false);
    expect(await runOnce(inside)).toBe(false);
    expect(loads).toEqual(['dummy']);
    expect(heard.events).toEqual([{ name: 'agent.loaded', agent: 'dummy', path }]);
  });

  it('leaves a file that is not ours to a process, and loads nothing', async () => {
    writeFileSync(path, '#!/bin/sh\nexit 0\n');
    expect(await runOnce(make(agentThat(async () => OCF.SUCCESS)))).toBe(true);
    expect(loads).toEqual([]);
  });

  it('leaves an agent to processes whose module is damaged', async () => {
    const inside = make(new SyntaxError('Unexpected token'));
    expect(await runOnce(inside)).toBe(true);
    expect(await runOnce(inside)).toBe(true);
    expect(loads).toEqual(['dummy']);
    expect(heard.events).toEqual([
      { name: 'agent.not-loaded', agent: 'dummy', path, reason: 'Unexpected token' },
    ]);
  });

  it('leaves an agent to processes that did not end', async () => {
    const inside = make(agentThat(() => new Promise(() => undefined)));
    const ends = new Ends();
    (await inside.runnerFor(path)).run(monitorCommand({ path }), ends.onExit).kill();
    clock.advance(1000);
    await ends.first();
    expect(await runOnce(inside)).toBe(true);
  });

  it('aborts what runs when the daemon ends', async () => {
    const inside = make(
      agentThat(async ({ clock: time, signal }) => {
        await time.sleep(60_000, signal);
        return undefined;
      }),
    );
    const ends = new Ends();
    (await inside.runnerFor(path)).run(monitorCommand({ path }), ends.onExit);
    await inside.close();
    expect(ends.all).toHaveLength(1);
    await inside.close();
  });
});

describe('what an agent remembers', () => {
  /** Its monitor counts, and answers 0 the first time. */
  const counting = agentThat(async ({ cache }) => {
    const count = Number(cache.get('count') ?? 0);
    cache.set('count', count + 1);
    return count === 0 ? OCF.SUCCESS : OCF.NOT_RUNNING;
  });

  async function codeOf(inside: InProcess, instance = 'one'): Promise<unknown> {
    const ends = new Ends();
    const env = { OCF_RESOURCE_INSTANCE: instance };
    (await inside.runnerFor(path)).run(monitorCommand({ path, env }), ends.onExit);
    return (await ends.first()).exit;
  }
  const first = { kind: 'exited', code: 0 };
  const later = { kind: 'exited', code: 7 };

  it('lasts from action to action of one resource', async () => {
    const inside = make(counting);
    expect(await codeOf(inside)).toEqual(first);
    expect(await codeOf(inside)).toEqual(later);
    expect(await codeOf(inside, 'two')).toEqual(first);
  });

  it('ends with a stop', async () => {
    const inside = make(counting);
    await codeOf(inside);
    await runOnce(inside, { args: ['stop'] });
    expect(await codeOf(inside)).toEqual(first);
  });

  it('ends with the resource', async () => {
    const inside = make(counting);
    await codeOf(inside);
    emit('rsc.unregistered', { rsc: 'two' });
    expect(await codeOf(inside)).toEqual(later);
    emit('rsc.unregistered', { rsc: 'one' });
    expect(await codeOf(inside)).toEqual(first);
  });
});
