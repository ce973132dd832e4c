// pcmk-shim by itself; how the agent uses it is in test/integration/agents/process.test.ts.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { until } from '../../helpers/pid-namespace.ts';
import { buildInit, startInit, workDir } from './init-kit.ts';

const shim = join(workDir, 'pcmk-shim');
execFileSync(resolve(import.meta.dirname, '../../../init/build.sh'), [shim, 'pcmk-shim'], {
  env: { ...process.env, CFLAGS: '-Werror' },
});
const init = buildInit();
useAudit();

let directories = 0;

/** A state directory of its own, and the options that name it. */
function stage(): { state: string; log: string; options: string[] } {
  const state = join(workDir, `state-${directories++}`);
  mkdirSync(state);
  const log = join(state, 'log');
  return { state, log, options: ['--rsc', 'app', '--run', 'one', '--state', state, '--log', log] };
}

interface Line {
  readonly text: string;
  readonly stream: string;
  readonly lostLines?: number;
}

/** Runs a shell script below a shim to its end, and gives what was written. */
async function run(script: string, more: readonly string[] = []) {
  const { state, log, options } = stage();
  // A daemon that stays: when it ends, PID 1 ends all others.
  await using box = await startInit({ init, daemon: '/bin/sleep', args: ['infinity'] });
  await box.enter([shim, ...options, ...more, '--', '/bin/sh', 'sh', '-c', script]);
  const read = () => JSON.parse(readFileSync(join(state, 'state.json'), 'utf8')) as Record<string, unknown>;
  await until(() => {
    try {
      return read()['isOver'] === true && readFileSync(log, 'utf8').endsWith('\n');
    } catch {
      return false; // not there yet
    }
  }, 'the application has ended');
  const lines = readFileSync(log, 'utf8').trim().split('\n');
  return { state: read(), lines: lines.map((line) => JSON.parse(line) as Line) };
}

describe('pcmk-shim', () => {
  test.each([
    ['exit 3', { code: 3 }],
    ['kill -SEGV $$', { signal: 11 }],
    ['exit 0', { code: 0 }],
  ])('tells how %j ended', async (script, end) => {
    const { state } = await run(`echo one; printf two >&2; ${script}`);
    expect(state).toMatchObject({ rsc: 'app', run: 'one', isOver: true, end, lastEnd: end });
    expect([...(state['lines'] as string[])].sort()).toEqual(['one', 'two']);
  });

  test('waits for the last descendant, and keeps the last 20 lines', async () => {
    const { state, lines } = await run('(sleep 0.3; echo late; exit 5) & seq 1 30; exit 1');
    expect(state['end']).toMatchObject({ code: 1 });
    expect(state['lastEnd']).toMatchObject({ code: 5 });
    expect(state['lines']).toEqual([...Array.from({ length: 19 }, (_, i) => String(i + 12)), 'late']);
    expect(lines).toHaveLength(31);
  });

  test('does not take another process with the number of its own for it', async () => {
    // The number is free when nobody is in its session any more, and the kernel gives it out again where it is told to.
    const again =
      'while [ -e /proc/$0 ]; do :; done; echo $(($0 - 1)) >/proc/sys/kernel/ns_last_pid; (sleep 0.2; exit 9) & echo $!';
    const daemon = `setsid sh -c '${again}' $$ & exit 0`;
    const { state, lines } = await run(daemon);
    expect(Number(lines[0]?.text)).toBe((state['application'] as { pid: number }).pid);
    expect(state).toMatchObject({ end: { code: 0 }, lastEnd: { code: 9 } });
  });

  test('writes whole lines between those of others into a pipe that is full', async () => {
    const { state, options } = stage();
    await using box = await startInit({ init, daemon: '/bin/sleep', args: ['infinity'] });
    const started = [shim, ...options.slice(0, -1), 'fifo', '--', '/bin/sh', 'sh', '-c'].join(' ');
    // Who reads is slower than who write; the pipe ends when the last of them has closed it.
    const play = `cd ${state}; mkfifo fifo; dd if=fifo of=seen bs=512 2>/dev/null & exec 3>fifo
      ${started} 'seq -f "line %.0f of a flood" 1 20000' >/dev/null
      i=0; while [ $i -lt 3000 ]; do echo '{"other":true}' >&3; i=$((i+1)); done; exec 3>&-; wait`;
    await box.enter(['sh', '-c', play]);
    const lines = readFileSync(join(state, 'seen'), 'utf8').trim().split('\n');
    const isWhole = (line: string) => line === '{"other":true}' || /^\{"time":[^{}]*\}$/.test(line);
    expect(lines.filter((line) => !isWhole(line))).toEqual([]);
    expect(lines.filter((line) => line === '{"other":true}')).toHaveLength(3000);
  });

  test('becomes a command in the same world, and says what it could not do', async () => {
    await using box = await startInit({ init, daemon: '/bin/sleep', args: ['infinity'] });
    const world = [
      '--exec',
      '--umask',
      '27',
      '--group',
      '7',
      '--gid',
      '8',
      '--uid',
      '9',
      '--directory',
      '/usr',
    ];
    const script = 'echo $(id -u) $(id -G) $(pwd) $(umask)';
    const told = await box.enter([shim, ...world, '--', '/bin/sh', 'sh', '-c', script]);
    expect(told).toBe('9 8 7 /usr 0027\n');
    const refused = spawnSync(shim, ['--exec', '--directory', '/nowhere', '--', '/bin/true', 'true']);
    expect([refused.status, String(refused.stderr)]).toEqual([1, 'pcmk-shim: failed directory 2\n']);
  });

  test('writes any bytes as the daemon would', async () => {
    const bytes = Buffer.concat([
      Buffer.from(Array.from({ length: 256 }, (_, i) => i).filter((byte) => byte !== 10 && byte !== 13)),
      Buffer.from([0xc0, 0x80, 0xed, 0xa0, 0x80, 0xf5, 0xf0, 0x9f, 0x98]),
      Buffer.from('äöü€😀\u200f\u061c"\\\u2028'),
    ]);
    const file = join(workDir, 'bytes');
    writeFileSync(file, bytes);
    const { lines } = await run(`cat ${file}`);
    // One replacement for each byte that belongs to no character: count them apart from how decoders group them.
    const squeeze = (text: string) => text.replace(/\ufffd+/g, '\ufffd');
    expect(squeeze(lines[0]?.text ?? '')).toBe(squeeze(new TextDecoder().decode(bytes)));
  });

  test('cuts long lines between characters', async () => {
    const { lines } = await run(`printf x; for i in $(seq 9000); do printf ü; done; echo; echo next`);
    expect(lines[0]?.text).toBe(`x${'ü'.repeat(8191)}… (1618 bytes left out)`);
    expect(lines[1]?.text).toBe('next');
  });

  test.each([
    [['--', '/no/such', 'x'], 'failed exec 2'],
    [['--directory', '/no/such', '--', '/bin/true', 'x'], 'failed directory 2'],
    [['--state', '/no/such', '--', '/bin/true', 'x'], 'failed state 2'],
    [['--limit', 'nofile=5:4', '--', '/bin/true', 'x'], 'failed limits 22'],
  ])('tells what could not be done: %j', (words, answer) => {
    const { status, stdout } = spawnSync(shim, [...stage().options, ...words], { encoding: 'utf8' });
    expect([status, stdout.trim()]).toEqual([1, answer]);
  });

  test.each([
    [[]],
    [['--']],
    [['--rsc', 'x', '--', 'a', 'b']],
    [['--uid', '-1']],
    [['--umask', '9']],
    [['--limit', 'files=1:1']],
    [['--limit', 'nofile=1']],
    [['--nice', '21']],
    [['--what', 'x']],
  ])('refuses %j', (words) => {
    const { status, stdout, stderr } = spawnSync(shim, words, { encoding: 'utf8' });
    expect([status, stdout]).toEqual([64, '']);
    expect(stderr).toMatch(/^pcmk-shim: expected /);
  });
});
