// What `npm start` does. It writes into build/first-run, which is no part of the checkout.
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { until } from '../../helpers/pid-namespace.ts';
import { freePort, HOST } from '../daemon/support.ts';

useAudit();

const CHECKOUT = resolve(import.meta.dirname, '../../..');
const PROGRAM = join(CHECKOUT, 'examples/first-run/first-run.ts');

interface Run {
  readonly child: ChildProcess;
  readonly status: Promise<number | null>;
  stdout(): string;
  stderr(): string;
  /** Waits until the story has come to this text. */
  told(text: string): Promise<void>;
}

function firstRun(...args: readonly string[]): Run {
  const env = { ...process.env, NO_COLOR: '1' };
  const child = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  let isOver = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const status = new Promise<number | null>((ended) => {
    child.once('close', (code) => {
      isOver = true;
      ended(code);
    });
  });
  return {
    child,
    status,
    stdout: () => stdout,
    stderr: () => stderr,
    told: (text) =>
      until(
        () => isOver || stdout.includes(text),
        () => `"${text}" in the story, got\n${stdout}\n${stderr}`,
      ),
  };
}

/** Steps of the story, without their times. */
const steps = (stdout: string): string[] =>
  stdout
    .split('\n')
    .map((line) => /^ *\d+\.\d+ s {2}(.*)$/.exec(line)?.[1]?.replace(/ +/g, ' '))
    .filter((step) => step !== undefined);

/** Processes anywhere on the machine that were started for this port. */
function leftOver(port: number): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
      } catch {
        return ''; // it has ended meanwhile
      }
    })
    .filter((command) => command.endsWith(`--port ${port}`));
}

describe('the first run', () => {
  it('tells its story, and ends with status 0', async () => {
    const port = await freePort();
    const run = firstRun('--once', '--port', String(port));
    expect(await run.status).toBe(0);
    expect(run.stderr()).toBe('');
    expect(steps(run.stdout())).toEqual([
      expect.stringMatching(new RegExp(`^daemon listens on ${HOST}:${port}, in a .*PID 1$`)),
      'solo keeps the resource clock running: agent ocf:demo:clock, a monitor every second',
      'monitor not running',
      'start ok',
      expect.stringMatching(/^kill kill -9 \d+ in the container: the application dies$/),
      // It may have been killed before the first of them.
      expect.stringMatching(/^monitor (ok|not running: the clock's process \d+ is gone)$/),
      ...(run.stdout().includes('monitor   ok')
        ? [expect.stringMatching(/^monitor not running: the clock's process \d+ is gone$/)]
        : []),
      'recover stop and start it; the container stays',
      'stop ok',
      'start ok',
      'end pcmk-init ended with status 0',
    ]);
    expect(leftOver(port)).toEqual([]);
  });

  it.each([
    ['SIGINT', 'while it stays up', 'Ctrl-C ends it in order'],
    ['SIGTERM', 'while it stays up', 'Ctrl-C ends it in order'],
    ['SIGINT', 'in the middle of its story', ' start '],
  ] as const)('ends in order by %s %s', async (signal, _when, text) => {
    const port = await freePort();
    const run = firstRun('--port', String(port));
    await run.told(text);
    expect(leftOver(port).length).toBeGreaterThan(1);
    run.child.kill(signal);
    expect(await run.status).toBe(0);
    expect(run.stderr()).toBe('');
    expect(steps(run.stdout()).at(-1)).toBe('end pcmk-init ended with status 0');
    await until(
      () => leftOver(port).length === 0,
      () => `nothing left, got ${leftOver(port)}`,
    );
  });
});

describe('a first run that cannot be', () => {
  it('because its port is taken says so, and names another', async () => {
    const holder = createServer();
    const port = await freePort();
    await new Promise<void>((listening) => holder.listen(port, HOST, listening));
    const run = firstRun('--once', '--port', String(port));
    expect(await run.status).toBe(1);
    await new Promise((closed) => holder.close(closed));
    expect(run.stderr()).toMatch(new RegExp(`^\nfirst run: Port ${port} is in use.*--port ${port + 1}\n$`));
    expect(run.stdout()).toBe('');
  });

  it.each([
    [['--bogus'], /^\nfirst run: .*'--bogus'.*\n$/],
    [['operand'], /^\nfirst run: .*'operand'.*\n$/],
    [['--port', '0'], /^\nfirst run: Expected --port to be a number from 1 to 65535, got "0"\n$/],
    [['--port', 'x'], /got "x"\n$/],
    [['--port', '65536'], /got "65536"\n$/],
  ])('because of %j says so in one line', async (args, message) => {
    const run = firstRun(...args);
    expect(await run.status).toBe(1);
    expect(run.stderr()).toMatch(message);
    expect(run.stdout()).toBe('');
  });

  it('is none with --help: that tells how it is used', async () => {
    const run = firstRun('--help');
    expect(await run.status).toBe(0);
    expect(run.stdout()).toMatch(/^Usage: npm start .*--port PORT.*--once/s);
  });
});
