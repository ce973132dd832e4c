// What every Runner does, whichever way it starts programs: real programs, and the built pcmk-init as the spawner.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/observe/clock.ts';
import { ExecaRunner } from '../../../src/process/execa-runner.ts';
import type { Command, Exit, Output, Runner, RunningCommand, Usage } from '../../../src/process/runner.ts';
import { SpawnerRunner } from '../../../src/process/spawner-runner.ts';
import { ownSpawner } from '../../../src/process/spawner-socket.ts';
import { useAudit } from '../../helpers/audit.ts';
import { listenTo } from '../../helpers/events.ts';
import { killProcess, readProcess, until } from '../../helpers/pid-namespace.ts';

const PCMK_INIT = resolve(import.meta.dirname, '../../../build/pcmk-init');
const UMASK = 0o026;
const NOBODY = 65534;
const MEBIBYTE = 1024 * 1024;

/** What this process itself was started with by mistake: no runner's fault. */
const leaked = new Set(readdirSync('/proc/self/fd').filter((fd) => Number(fd) > 2 && isInheritable(fd)));

const dir = mkdtempSync(join(tmpdir(), 'bundlet-runner-'));
const before = { cwd: process.cwd(), umask: process.umask() };

beforeAll(() => {
  // The runner's surroundings are those of the process that it is in.
  process.chdir(dir);
  process.umask(UMASK);
  chmodSync(dir, 0o755);
});

afterAll(() => {
  process.chdir(before.cwd);
  process.umask(before.umask);
  rmSync(dir, { recursive: true });
});

function file(name: string, text: string, mode = 0o755): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

interface OpenRunner {
  readonly runner: Runner;
  close(): void;
}

async function openSpawner(): Promise<OpenRunner> {
  const surroundings = { cwd: dir, umask: UMASK };
  const tools = { clock: systemClock, surroundings, onLost: () => undefined };
  const runner = new SpawnerRunner(ownSpawner(PCMK_INIT), tools);
  await runner.greeted;
  return { runner, close: () => runner.close() };
}

const openExeca = async (): Promise<OpenRunner> => ({
  runner: new ExecaRunner(systemClock),
  close: () => undefined,
});

interface Ended extends Output {
  readonly exit: Exit;
}

describe.each([
  ['execa', openExeca],
  ['spawner', openSpawner],
] as const)('the %s runner', (kind, open) => {
  let opened: OpenRunner;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());
  useAudit();

  const begin = (command: Partial<Command>, onEnd: (ended: Ended) => void): RunningCommand => {
    const base = { path: '/bin/sh', args: [], env: { PATH: '/usr/bin:/bin' }, timeoutMs: 20_000 };
    return opened.runner.run({ ...base, killScope: 'group', ...command }, (exit, output) =>
      onEnd({ exit, ...output }),
    );
  };
  const run = (command: Partial<Command>): Promise<Ended> =>
    new Promise((done) => {
      begin(command, done);
    });
  const sh = (script: string, command: Partial<Command> = {}): Promise<Ended> =>
    run({ args: ['-c', script], ...command });

  it.each([0, 1, 7, 255])('tells the exit code %i', async (code) => {
    expect(await sh(`exit ${code}`)).toEqual({ exit: { kind: 'exited', code }, stdout: '', stderr: '' });
  });

  it.each(['SIGKILL', 'SIGTERM', 'SIGSEGV', 'SIGPIPE', 'SIGHUP', 'SIGALRM'])(
    'tells of %s',
    async (signal) => {
      expect((await sh(`kill -${signal.slice(3)} $$`)).exit).toEqual({ kind: 'signalled', signal });
    },
  );

  it.each([
    ['is missing', () => join(dir, 'missing'), 'ENOENT'],
    ['lies below a file', () => join(file('plain', ''), 'x'), 'ENOTDIR'],
    ['is not executable', () => file('dull', '#!/bin/sh\n', 0o644), 'EACCES'],
    ['is a directory', () => dir, 'EACCES'],
    ['has no interpreter', () => file('lost', '#!/no/such/interpreter\n'), 'ENOENT'],
    ['has a NUL in its name', () => '/bin/\0sh', 'EINVAL'],
  ])('tells why a program that %s was not started', async (_what, path, errno) => {
    expect((await run({ path: path() })).exit).toEqual({ kind: 'not-started', errno });
  });

  it.each([
    ['argument', { args: ['-c', 'exit 0', 'x'.repeat(200_000)] }],
    ['variable', { env: { LONG: 'x'.repeat(200_000) } }],
    [
      'environment',
      { env: Object.fromEntries(Array.from({ length: 90 }, (_none, i) => [`V${i}`, 'x'.repeat(100_000)])) },
    ],
  ])('tells that an %s is too long for the kernel', async (_what, command) => {
    expect((await run(command)).exit).toEqual({ kind: 'not-started', errno: 'E2BIG' });
  });

  it('refuses a NUL in an argument or the environment', async () => {
    expect((await run({ args: ['\0'] })).exit).toEqual({ kind: 'not-started', errno: 'EINVAL' });
    expect((await run({ env: { A: 'b\0c' } })).exit).toEqual({ kind: 'not-started', errno: 'EINVAL' });
  });

  it('has a file without interpreter line read by the shell', async () => {
    const path = file('bare', 'echo "bare: $0 $1 $A"; exit 4\n');
    const ended = await run({ path, args: ['one'], env: { A: 'b' } });
    expect(ended).toMatchObject({ exit: { code: 4 }, stdout: `bare: ${path} one b\n` });
  });

  it('gives exactly the environment', async () => {
    const env = { EMPTY: '', 'with space': 'ä "x"\n', A: '1=2' };
    const { stdout } = await run({ path: '/usr/bin/env', args: ['-0'], env });
    expect(stdout.split('\ufffd').slice(0, -1).sort()).toEqual(['A=1=2', 'EMPTY=', 'with space=ä "x"\n']);
  });

  it('starts in the surroundings of the daemon, with nothing open but an empty input', async () => {
    const script = [
      'umask',
      'pwd',
      'ls /proc/self/fd | tr "\\n" " "',
      'wc -c',
      'cut -d " " -f 5 /proc/$$/stat',
      'echo $$',
      // Neither blocked nor ignored: no bit is set. (The shell itself blocks them while it starts grep.)
      'grep -E "^Sig(Blk|Ign)" /proc/self/status',
      'ulimit -Sn',
    ].join('; ');
    const lines = (await sh(script)).stdout.split('\n');
    const [umask, cwd, descriptors = ''] = lines;
    expect({ umask, cwd }).toEqual({ umask: '0026', cwd: dir });
    // 3 is the directory that ls reads; the 0 at the end is what wc counted.
    expect(descriptors.split(' ').filter((fd) => !leaked.has(fd))).toEqual(['0', '1', '2', '3', '0']);
    expect(lines[3]).toBe(lines[4]);
    expect(lines.slice(5, 7)).toEqual(['SigBlk:\t0000000000000000', 'SigIgn:\t0000000000000000']);
    expect(Number(lines[7])).toBeGreaterThan(0);
  });

  it('gives a program its path as its name, and its arguments as they are', async () => {
    const path = file('arguments', '#!/bin/sh\nprintf "<%s>" "$0" "$@"\n');
    const args = ['', ' ', '*', '$x', 'ü\n'];
    expect((await run({ path, args })).stdout).toBe(`<${path}>${args.map((arg) => `<${arg}>`).join('')}`);
  });

  it('keeps both outputs apart', async () => {
    expect(await sh('echo out; echo err >&2; echo out2')).toMatchObject({
      stdout: 'out\nout2\n',
      stderr: 'err\n',
    });
  });

  it('makes text of anything', async () => {
    expect((await sh(String.raw`printf 'a\000\377\303\244b'`)).stdout).toBe('a\ufffd\ufffdäb');
    const raw = await sh(String.raw`printf 'a\000\377b'`, { keepsNuls: true });
    expect(raw.stdout).toBe('a\0\ufffdb');
  });

  it.each([
    [MEBIBYTE, 0],
    [MEBIBYTE + 1, 1],
    [8 * MEBIBYTE, 7 * MEBIBYTE],
  ])('keeps head and tail of %i bytes', async (bytes, dropped) => {
    const { exit, stdout, stderr } = await sh(
      `printf head; head -c ${bytes - 8} /dev/zero | tr '\\0' x; printf tail; printf err >&2`,
    );
    expect(exit).toEqual({ kind: 'exited', code: 0 });
    expect(stdout.startsWith('headx')).toBe(true);
    expect(stdout.endsWith('xtail')).toBe(true);
    const note = dropped === 0 ? '' : `\n[… ${dropped} bytes left out …]\n`;
    expect(stdout.length).toBe(bytes - dropped + note.length);
    expect(stdout.slice(MEBIBYTE / 2).startsWith(note)).toBe(true);
    expect(stderr).toBe('err');
  });

  it('does not wait for a program that was left behind and holds the output', async () => {
    const { exit, stdout } = await sh('sleep 300 & echo $!; exit 3');
    expect(exit).toEqual({ kind: 'exited', code: 3 });
    killProcess(Number(stdout), 'SIGKILL');
  });

  it('kills the group at the deadline and keeps what was written', async () => {
    const { exit, stdout } = await sh('trap "" TERM; sleep 300 & echo $!; wait', { timeoutMs: 200 });
    expect(exit).toMatchObject({ kind: 'timed-out', hang: { processes: expect.any(Array) } });
    await until(() => !isRunning(Number(stdout)), 'the child to be gone');
  });

  it('kills only the process at the deadline where it shall', async () => {
    const command = { timeoutMs: 200, killScope: 'process' } as const;
    const { exit, stdout } = await sh('sleep 300 & echo $!; wait', command);
    expect(exit).toMatchObject({ kind: 'timed-out', hang: { processes: expect.any(Array) } });
    expect(isRunning(Number(stdout))).toBe(true);
    killProcess(Number(stdout), 'SIGKILL');
  });

  it.each([0, -1])('has no deadline with a timeout of %i', async (timeoutMs) => {
    expect((await sh('sleep 0.1', { timeoutMs })).exit).toEqual({ kind: 'exited', code: 0 });
  });

  // With execa each program has a session of its own, whose first process can't change its group.
  it.runIf(kind === 'spawner')(
    'kills a program at its deadline that has left its group to others',
    async () => {
      const perl = [
        'my $stay = fork; if (!$stay) { sleep 300; exit }',
        'my $other = fork; if (!$other) { sleep 300; exit }',
        'setpgrp($other, $other); setpgrp(0, $other) or die $!;',
        '$| = 1; print "$stay $other"; sleep 300;',
      ].join(' ');
      const { exit, stdout } = await sh(`exec perl -e '${perl}'`, { timeoutMs: 1000 });
      expect(exit).toMatchObject({ kind: 'timed-out', hang: { processes: expect.any(Array) } });
      const [stay, other] = stdout.split(' ').map(Number) as [number, number];
      await until(
        () => [undefined, 'Z'].includes(readProcess(stay)?.state),
        'the rest of its group to be gone',
      );
      killProcess(other, 'SIGKILL');
    },
  );

  it('kills a group when asked, gives what was written so far, and still tells the end', async () => {
    const gate = join(dir, `pid-${kind}`);
    const { promise, resolve: done } = Promise.withResolvers<Ended>();
    const script = `echo begun; sleep 300 & echo $! >${gate}; wait`;
    const running = begin({ args: ['-c', script] }, done);
    const child = (): number => Number(readText(gate));
    await until(() => child() > 0, 'the program to run');
    await run({ path: '/bin/true' }); // by its end, what was written before it has come
    expect(running.kill()).toEqual({ stdout: 'begun\n', stderr: '' });
    expect((await promise).exit).toEqual({ kind: 'signalled', signal: 'SIGKILL' });
    await until(() => !isRunning(child()), 'the child to be gone');
    expect(running.kill().stdout).toBe('begun\n'); // harms nobody any more
  });

  it.skipIf(process.getuid?.() !== 0)('runs as another user, without further groups', async () => {
    const user = { uid: NOBODY, gid: NOBODY };
    const { stdout } = await sh('id -u; id -g; id -G', { user });
    expect(stdout).toBe(`${NOBODY}\n${NOBODY}\n${NOBODY}\n`);
    const path = file('private', '#!/bin/sh\n', 0o700);
    expect((await run({ path, user })).exit).toEqual({ kind: 'not-started', errno: 'EACCES' });
  });

  it('limits what a program may use, or says once that it can not', async () => {
    const told = listenTo('spawner.limits-ignored');
    const limits = [
      { resource: 'nofile', soft: 31, hard: 32 },
      { resource: 'core', soft: 0, hard: 0 },
    ] as const;
    const asked = 'ulimit -Sn; ulimit -Hn; ulimit -Hc';
    const free = (await sh(asked)).stdout;
    expect((await sh(asked, { limits })).stdout).toBe(kind === 'spawner' ? '31\n32\n0\n' : free);
    await sh('exit 0', { limits });
    expect((await sh(asked)).stdout).toBe(free);
    told.stop();
    expect(told.events).toHaveLength(kind === 'spawner' ? 0 : 1);
  });

  it.runIf(kind === 'spawner')('starts nothing with limits that the kernel refuses', async () => {
    const limits = [{ resource: 'nofile', soft: 2, hard: 1 }] as const;
    expect((await sh('exit 0', { limits })).exit).toEqual({ kind: 'not-started', errno: 'EINVAL' });
  });

  it.runIf(kind === 'spawner')('tells what a program and its children took', async () => {
    const script = 'head -c 40000000 /dev/zero | tail -c 30000000 | wc -c; exit 3';
    const usage = await new Promise<Usage | undefined>((done) => {
      const command = { path: '/bin/sh', args: ['-c', script], env: { PATH: '/usr/bin:/bin' } };
      opened.runner.run({ ...command, timeoutMs: 20_000, killScope: 'group' }, (_exit, _output, it) =>
        done(it),
      );
    });
    expect(usage?.cpuMs).toBeGreaterThan(0);
    expect(usage?.maxRssKb).toBeGreaterThan(29_000); // tail holds what it may have to give
  });

  it('runs two hundred at once, each with its own result', async () => {
    const ended = await Promise.all(Array.from({ length: 200 }, (_none, i) => sh(`echo ${i}; exit ${i}`)));
    expect(ended.map(({ exit, stdout }) => [exit, stdout])).toEqual(
      ended.map((_ended, i) => [{ kind: 'exited', code: i }, `${i}\n`]),
    );
  });

  it('never tells an end before the caller holds the command', async () => {
    for (const command of [{ path: '/bin/true' }, { path: '/missing' }, { args: ['\0'] }]) {
      let isHeld = false;
      await new Promise<void>((done) => {
        begin(command, () => {
          expect(isHeld).toBe(true);
          done();
        });
        isHeld = true;
      });
    }
  });
});

function isInheritable(fd: string): boolean {
  const flags = /^flags:\t(\d+)$/m.exec(readText(`/proc/self/fdinfo/${fd}`))?.[1];
  return flags !== undefined && (Number.parseInt(flags, 8) & 0o2000000) === 0;
}

function isRunning(pid: number): boolean {
  const found = readProcess(pid);
  return found !== undefined && found.state !== 'Z';
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
