import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentFailure, OCF } from '../../../../agents/kit/index.ts';
import { AgentRun, type LoadedAgent } from '../../../../src/process/in-process/agent-run.ts';
import { Faults } from '../../../../src/process/in-process/faults.ts';
import type { Command } from '../../../../src/process/runner.ts';
import { type HeardEvents, listenTo } from '../../../helpers/events.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';
import { FakeRunner } from '../../standards/kit.ts';
import { agentThat, Ends, monitorCommand, settle } from './kit.ts';

let clock: FakeClock;
let programs: FakeRunner;
let ends: Ends;
let distrusted: number;
let heard: HeardEvents;

beforeEach(() => {
  clock = new FakeClock();
  programs = new FakeRunner();
  ends = new Ends();
  distrusted = 0;
  heard = listenTo('agent.faulted', 'agent.abandoned', 'op.output-cut');
});

afterEach(() => {
  heard.stop();
  expect(clock.waiting).toBe(0); // no timer is left behind
});

function run(loaded: LoadedAgent, fields: Partial<Command> = {}): AgentRun {
  const tools = {
    clock,
    runner: () => programs,
    faults: new Faults(),
    cache: new Map<string, unknown>(),
    onDistrust: () => {
      distrusted += 1;
    },
  };
  return new AgentRun(loaded, monitorCommand(fields), tools, ends.onExit);
}

/** Resolves never, whatever is aborted. */
const forever = (): Promise<never> => new Promise(() => undefined);

describe('a run in the daemon', () => {
  it('ends with the exit code and what was said', async () => {
    run(
      agentThat(async ({ log }) => {
        log.info('words');
        return OCF.NOT_RUNNING;
      }),
    );
    const { exit, output } = await ends.first();
    expect(exit).toEqual({ kind: 'exited', code: 7 });
    expect(output).toEqual({ stdout: '', stderr: 'INFO: words\n' });
    expect(distrusted).toBe(0);
  });

  it('tells a reason', async () => {
    run(
      agentThat(async () => {
        throw new AgentFailure(OCF.ERR_CONFIGURED, 'Expected this, got that');
      }),
      { env: { OCF_EXIT_REASON_PREFIX: 'why:' } },
    );
    const { exit, output } = await ends.first();
    expect(exit).toEqual({ kind: 'exited', code: 6 });
    expect(output.stderr).toBe('why:Expected this, got that\n');
  });

  it('answers without a wait, and never before the caller holds it', async () => {
    const running = run(
      agentThat(async () => undefined),
      { args: ['meta-data'] },
    );
    expect(ends.all).toEqual([]);
    await running.ended;
    expect(ends.all[0]?.output.stdout).toContain('<resource-agent name="dummy"');
  });

  it('keeps as much as of a program', async () => {
    run(
      agentThat(async ({ log }) => {
        for (let line = 0; line < 30_000; line += 1) {
          log.info('x'.repeat(100));
        }
        return undefined;
      }),
    );
    const { output } = await ends.first();
    expect(output.stderr.length).toBeLessThan(1_100_000);
    expect(output.stderr).toContain('bytes left out');
    expect(heard.events.map(({ name }) => name)).toEqual(['op.output-cut']);
  });

  it('runs programs with the runner of programs, under its own purpose', async () => {
    programs.output = { stdout: 'told', stderr: '' };
    run(
      agentThat(async (context) => {
        const { code, stdout } = await context.run({ path: '/bin/true', args: ['x'], timeoutMs: 1234.5 });
        expect({ code, stdout }).toEqual({ code: 0, stdout: 'told' });
        return OCF.SUCCESS;
      }),
    );
    await ends.first();
    expect(programs.commands).toEqual([
      {
        path: '/bin/true',
        args: ['x'],
        env: monitorCommand().env,
        timeoutMs: 1235,
        killScope: 'group',
        keepsNuls: true,
        purpose: 'a purpose',
      },
    ]);
  });

  it.each([
    [
      { kind: 'signalled', signal: 'SIGTERM' },
      { signal: 'SIGTERM', isTimedOut: false },
    ],
    [{ kind: 'timed-out' }, { signal: 'SIGKILL', isTimedOut: true }],
    [
      { kind: 'not-started', errno: 'EACCES' },
      { errno: 'EACCES', isTimedOut: false },
    ],
  ] as const)('tells the agent of a program that %j', async (exit, expected) => {
    programs.exit = exit;
    let result: unknown;
    run(
      agentThat(async (context) => {
        result = await context.run({ path: '/bin/true' });
        return undefined;
      }),
    );
    await ends.first();
    expect(result).toMatchObject(expected);
  });
});

describe('when its time is over', () => {
  it('is timed out as soon as it has ended', async () => {
    run(
      agentThat(async ({ log, signal, clock: time }) => {
        log.info('begun');
        await time.sleep(3_000_000, signal).finally(() => log.info('cleaning up'));
        return undefined;
      }),
    );
    await settle();
    clock.advance(19_999);
    expect(ends.all).toEqual([]);
    clock.advance(1);
    await settle();
    // What a killed process would not have written is not there.
    expect(ends.all).toEqual([
      {
        exit: expect.objectContaining({ kind: 'timed-out' }),
        output: { stdout: '', stderr: 'INFO: begun\n' },
      },
    ]);
    expect(distrusted).toBe(0);
  });

  it('has its programs killed, and waits for their end', async () => {
    programs.isHolding = true;
    run(agentThat(async (context) => (await context.run({ path: '/bin/true' })) && undefined));
    await settle();
    clock.advance(20_000);
    await settle();
    expect(programs.kills).toBe(1);
    expect(ends.all).toEqual([]);
    programs.finish();
    await settle();
    expect(ends.all).toMatchObject([{ exit: expect.objectContaining({ kind: 'timed-out' }) }]);
    expect(distrusted).toBe(0);
  });

  it('leaves its programs alone with on-fail=block', async () => {
    programs.isHolding = true;
    run(
      agentThat(async (context) => (await context.run({ path: '/bin/true' })) && undefined),
      {
        killScope: 'process',
      },
    );
    await settle();
    clock.advance(20_000);
    await settle();
    expect(programs.kills).toBe(0);
    expect(ends.all).toMatchObject([{ exit: expect.objectContaining({ kind: 'timed-out' }) }]);
  });

  it('is left behind after a grace when it does not end', async () => {
    let late: (() => void) | undefined;
    run(
      agentThat(async ({ log }) => {
        await new Promise<void>((resolve) => {
          late = resolve;
        });
        log.info('too late');
        return OCF.SUCCESS;
      }),
    );
    await settle();
    clock.advance(20_999);
    await settle();
    expect(ends.all).toEqual([]);
    clock.advance(1);
    expect(ends.all).toEqual([
      { exit: expect.objectContaining({ kind: 'timed-out' }), output: { stdout: '', stderr: '' } },
    ]);
    expect(distrusted).toBe(1);
    expect(heard.events).toEqual([
      { name: 'agent.abandoned', agent: 'dummy', action: 'monitor', instance: 'one', graceMs: 1000 },
    ]);
    late?.();
    await settle();
    expect(ends.all).toHaveLength(1);
  });

  it('has no limit where there is none', async () => {
    const running = run(agentThat(forever), { timeoutMs: 0 });
    await settle();
    clock.advance(3_000_000);
    await settle();
    expect(ends.all).toEqual([]);
    running.kill();
    clock.advance(1000);
  });
});

describe('what an answer leaves behind', () => {
  it('is waited for, and then forgotten', async () => {
    // The kit gives it up before the executor does, with a reason; the action itself goes on.
    run(agentThat(forever), { env: { OCF_RESKEY_CRM_meta_timeout: '10000' } });
    await settle();
    clock.advance(9500);
    await settle();
    expect(ends.all).toEqual([]);
    clock.advance(1000);
    expect(ends.all).toMatchObject([
      {
        exit: { kind: 'exited', code: 1 },
        output: { stderr: 'ocf-exit-reason:Expected monitor to be done within 10000 ms, got no end of it\n' },
      },
    ]);
    expect(distrusted).toBe(1);
  });
});

describe('a cancelled run', () => {
  it('gives what was said so far, and ends when nothing goes on', async () => {
    const running = run(
      agentThat(async ({ log, signal, clock: time }) => {
        log.warn('begun');
        await time.sleep(60_000, signal);
        return undefined;
      }),
    );
    await settle();
    expect(running.kill()).toEqual({ stdout: '', stderr: 'WARNING: begun\n' });
    expect(ends.all).toEqual([]);
    expect(running.kill()).toEqual({ stdout: '', stderr: 'WARNING: begun\n' });
    await settle();
    expect(ends.all).toMatchObject([{ exit: { kind: 'signalled', signal: 'SIGKILL' } }]);
  });

  it('is told once when it is killed too late', async () => {
    const running = run(agentThat(async () => OCF.SUCCESS));
    await running.ended;
    running.kill();
    await settle();
    expect(ends.all).toHaveLength(1);
  });
});

describe('a fault of its code', () => {
  it('fails the run with a reason', async () => {
    const running = run(agentThat(forever));
    await settle();
    running.fault(new TypeError('nothing\n is a function'));
    await settle();
    clock.advance(1000);
    expect(ends.all).toEqual([
      {
        exit: { kind: 'exited', code: 1 },
        output: { stdout: '', stderr: 'ocf-exit-reason:dummy: nothing; is a function\n' },
      },
    ]);
    expect(distrusted).toBeGreaterThan(0);
    expect(heard.events[0]).toMatchObject({ name: 'agent.faulted', agent: 'dummy', instance: 'one' });
  });

  it('after its end changes no result', async () => {
    const running = run(agentThat(async () => OCF.SUCCESS));
    await running.ended;
    running.fault('a text');
    expect(ends.all).toMatchObject([{ exit: { kind: 'exited', code: 0 } }]);
    expect(distrusted).toBe(1);
  });

  it('in the kit itself is one, too', async () => {
    const { agent } = agentThat(forever);
    run({ agent, runAgent: () => Promise.reject(new Error('no kit')) });
    const { exit, output } = await ends.first();
    expect(exit).toEqual({ kind: 'exited', code: 1 });
    expect(output.stderr).toBe('');
    expect(heard.events).toMatchObject([{ name: 'agent.faulted', reason: 'no kit' }]);
  });
});
