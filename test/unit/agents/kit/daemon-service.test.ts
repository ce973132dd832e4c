import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { daemonService, defineAgent, type Host, runAgent, string } from '../../../../agents/kit/index.ts';
import { runProgram } from '../../../../agents/kit/run-program.ts';
import { systemClock } from '../../../../agents/kit/system-clock.ts';
import { agentEnv } from '../../../helpers/agent-host.ts';

let folder = '';
const file = (name: string): string => join(folder, name);
const pid = (): number => Number(readFileSync(file('pid'), 'utf8'));

/** What the daemon does in the background; its process is a shell. */
interface Behaviour {
  readonly daemon?: string;
  readonly program?: string;
  /** What is done in the foreground. */
  readonly front?: string;
}

const LOYAL = 'echo $$ >pid; while [ ! -e end ]; do sleep 0.05; done';

async function act(
  action: string,
  { daemon = LOYAL, program = 'sh', front = '' }: Behaviour = {},
  limitMs = 20_000,
) {
  const service = daemonService({
    program,
    pidFile: async () => file('pid'),
    args: () => ['-c', `cd ${folder}; ${front} ${program} -c '${daemon}' >/dev/null 2>&1 &`],
    troubleOf: async () => (existsSync(file('ill')) ? 'Expected health, got the file ill' : undefined),
    stopSteps: [
      { signal: 'SIGTERM', waitMs: 300 },
      { signal: 'SIGKILL', waitMs: 5000 },
    ],
  });
  const timings = [{ timeout: '20s' }] as const;
  const agent = defineAgent({
    name: 'thing',
    version: '1.0',
    short: 'A shell',
    long: 'That waits.',
    parameters: { word: string({ short: 'A word', long: 'Of no use.' }) },
    actions: {
      start: { timings, run: service.start },
      stop: { timings, run: service.stop },
      monitor: { timings, run: service.monitor },
    },
  });
  let text = '';
  const host: Host = {
    writeOut: () => undefined,
    writeError: (more) => {
      text += more;
    },
    run: runProgram,
    clock: systemClock,
    cache: new Map(),
  };
  const env = agentEnv({ CRM_meta_timeout: String(limitMs) }, { PATH: '/usr/bin:/bin' });
  const rc = await runAgent(agent, { action, env, signal: new AbortController().signal }, host);
  return { rc, reason: text.split('ocf-exit-reason:')[1]?.trim() };
}

/** A shell that nobody else has. */
function shell(): string {
  copyFileSync('/bin/sh', file('shell'));
  return file('shell');
}

const fine = { rc: 0, reason: undefined };
const notRunning = { rc: 7, reason: undefined };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bundlet-service-'));
});

afterEach(async () => {
  const { rc } = await act('stop');
  rmSync(folder, { recursive: true, force: true });
  expect(rc).toBe(0);
});

describe('a service that goes to the background', () => {
  it('is started once, watched, and ended', async () => {
    expect(await act('monitor')).toEqual(notRunning);
    expect(await act('start')).toEqual(fine);
    const first = pid();
    expect(await act('start')).toEqual(fine);
    expect(pid()).toBe(first);
    expect(await act('monitor')).toEqual(fine);
    expect(await act('stop')).toEqual(fine);
    expect(existsSync(file('pid'))).toBe(false);
    expect(await act('monitor')).toEqual(notRunning);
    expect(await act('stop')).toEqual(fine);
  });

  it('is not healthy while something is wrong, and then has not started either', async () => {
    await act('start');
    writeFileSync(file('ill'), '');
    expect(await act('monitor')).toEqual({ rc: 1, reason: 'Expected health, got the file ill' });
    expect(await act('start', {}, 1000)).toEqual({ rc: 1, reason: 'Expected health, got the file ill' });
  });

  it('that is killed does not run', async () => {
    await act('start');
    process.kill(pid(), 'SIGKILL');
    let { rc } = await act('monitor');
    for (const endsAtMs = performance.now() + 10_000; rc !== 7 && performance.now() < endsAtMs; ) {
      ({ rc } = await act('monitor'));
    }
    expect(rc).toBe(7);
  });

  it('that does not obey is killed', async () => {
    await act('start', { daemon: `trap "" TERM; ${LOYAL}` });
    expect(await act('stop')).toEqual(fine);
  });

  it('that ends while it starts fails the start at once', async () => {
    writeFileSync(file('ill'), '');
    expect(await act('start', { daemon: 'echo $$ >pid; sleep 0.3' })).toEqual({
      rc: 1,
      reason: 'Expected sh to run, got its end while it started: see its log',
    });
  });

  it('that refuses fails the start with what it said', async () => {
    expect(await act('start', { front: 'echo no room >&2; exit 3;' })).toEqual({
      rc: 1,
      reason: 'Expected sh to start, got status 3: no room',
    });
  });

  it('that never writes its number has not started', async () => {
    expect(
      await act('start', { program: shell(), daemon: LOYAL.replace('echo $$ >pid; ', '') }, 4000),
    ).toEqual({
      rc: 1,
      reason: `Expected ${file('shell')} to write its number to ${file('pid')}, got none: can it write there`,
    });
    writeFileSync(file('end'), '');
  });

  it('that ends in the background before it has written its number fails the start at once', async () => {
    expect(await act('start', { program: shell(), daemon: 'true' })).toEqual({
      rc: 1,
      reason: `Expected ${file('shell')} to write its number to ${file('pid')}, got none, and it has ended: see its log`,
    });
  });

  it('is not another program that has its number, which gets no signal', async () => {
    writeFileSync(file('pid'), String(process.pid));
    expect(await act('monitor')).toEqual(notRunning);
    expect(await act('stop')).toEqual(fine);
  });

  it('that is not installed is told so', async () => {
    expect(await act('start', { program: 'no-such-program' })).toEqual({
      rc: 5,
      reason: 'Expected the program no-such-program, got none: install it',
    });
    expect(await act('monitor', { program: 'no-such-program' })).toEqual(notRunning);
  });
});
