import { beforeEach, describe, expect, it } from 'vitest';
import type { InProcess } from '../../../src/process/in-process/in-process.ts';
import { withOwnAgents } from '../../../src/process/own-agent-gate.ts';
import { AGENTS, launcherText, ownAgentsAt } from '../../../src/process/own-agents.ts';
import type { Command, Exit, Runner } from '../../../src/process/runner.ts';
import { FakeRunner } from '../standards/kit.ts';
import { Ends, monitorCommand, settle } from './in-process/kit.ts';

/** A file that is there, as the fake runner wants it; its name is of ours. */
const OURS = '/usr/lib/ocf/resource.d/bundlet/dummy';

let programs: FakeRunner;
let inside: Runner & { readonly commands: Command[]; kills: number };
let asked: string[];

beforeEach(() => {
  programs = new FakeRunner();
  asked = [];
  inside = {
    commands: [],
    kills: 0,
    run(command, onExit) {
      this.commands.push(command);
      queueMicrotask(() => onExit({ kind: 'exited', code: 5 }, { stdout: '', stderr: '' }));
      return {
        kill: () => {
          this.kills += 1;
          return { stdout: 'so far', stderr: '' };
        },
      };
    },
  };
});

function gate(isWanted = true): Runner {
  const inProcess = async (): Promise<InProcess> =>
    ({
      runnerFor: async (path: string) => {
        asked.push(path);
        return inside;
      },
    }) as unknown as InProcess;
  const access = withOwnAgents(
    () => programs,
    inProcess,
    () => isWanted,
  );
  return access() as Runner;
}

async function exitOf(runner: Runner, fields: Partial<Command>): Promise<Exit> {
  const ends = new Ends();
  runner.run(monitorCommand(fields), ends.onExit);
  return (await ends.first()).exit;
}

describe('the gate for our own agents', () => {
  it('sends what may be ours inside', async () => {
    expect(await exitOf(gate(), { path: OURS })).toEqual({ kind: 'exited', code: 5 });
    expect(asked).toEqual([OURS]);
    expect(programs.commands).toEqual([]);
  });

  it.each<[string, Partial<Command>]>([
    ['of another name', { path: '/bin/true' }],
    ['of another user', { path: '/bin/true', user: { uid: 1, gid: 1 } }],
    ['without a folder', { path: 'dummy' }],
  ])('hands a program %s on at once', (_what, fields) => {
    const runner = gate();
    runner.run(monitorCommand(fields), () => undefined);
    expect(asked).toEqual([]);
    expect(inside.commands).toEqual([]);
  });

  it.each<[string, Partial<Command>]>([
    ['as another user', { user: { uid: 1, gid: 1 } }],
    ['with limits', { limits: [{ resource: 'core', soft: 0, hard: 0 }] }],
  ])('leaves one of ours to a process that shall run %s', async (_what, fields) => {
    await exitOf(gate(), { path: OURS, ...fields });
    expect(asked).toEqual([]);
  });

  it('leaves to a process what shall be one', async () => {
    await exitOf(gate(false), { path: OURS });
    expect(asked).toEqual([]);
  });

  it('passes a kill on', async () => {
    const ends = new Ends();
    const running = gate().run(monitorCommand({ path: OURS }), ends.onExit);
    await settle();
    expect(running.kill()).toEqual({ stdout: 'so far', stderr: '' });
    expect(inside.kills).toBe(1);
  });

  it('begins nothing that was killed before', async () => {
    const ends = new Ends();
    const running = gate().run(monitorCommand({ path: OURS }), ends.onExit);
    expect(running.kill()).toEqual({ stdout: '', stderr: '' });
    await settle();
    expect(inside.commands).toEqual([]);
    expect(ends.all).toEqual([
      { exit: { kind: 'signalled', signal: 'SIGKILL' }, output: { stdout: '', stderr: '' } },
    ]);
  });
});

describe('the list of our agents', () => {
  it.each(AGENTS)('finds $path by its path', (agent) => {
    expect(ownAgentsAt(`/${agent.path}`)).toContain(agent);
    expect(launcherText(agent)).toContain(agent.way);
  });

  it.each(['/usr/lib/ocf/resource.d/acme/dummy', '/dummy', 'dummy', '', '/'])(
    'knows nothing at "%s"',
    (path) => {
      expect(ownAgentsAt(path)).toEqual([]);
    },
  );
});
