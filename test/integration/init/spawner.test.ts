// The spawner as a program: what it does with bad requests, without a daemon, and beside PID 1.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  encodeKill,
  encodeRun,
  SpawnerFrameReader,
  type SpawnerListener,
} from '../../../src/process/spawner-frames.ts';
import { useAudit } from '../../helpers/audit.ts';
import {
  killProcess,
  type PidNamespace,
  readProcess,
  startInPidNamespace,
  until,
} from '../../helpers/pid-namespace.ts';
import { buildInit, initLines, workDir } from './init-kit.ts';

const init = buildInit();

// The tree of an installation, with a shell script in the place of node.
const library = join(workDir, 'usr/lib/bundlet');
mkdirSync(join(workDir, 'usr/sbin'), { recursive: true });
mkdirSync(library, { recursive: true });
const packaged = join(workDir, 'usr/sbin/pacemaker-remoted');
copyFileSync(init, packaged);
writeFileSync(join(library, 'node'), '');
chmodSync(join(library, 'node'), 0o755);

useAudit({ dirs: [workDir] });

const WHERE = { cwd: '/', umask: 0o022 };

/** A RUN of a shell text. */
function sh(id: number, text: string): Buffer {
  const command = { path: '/bin/sh', args: ['-c', text], env: {}, timeoutMs: 0, killScope: 'group' } as const;
  return Buffer.from(encodeRun(id, command, WHERE));
}

/** A spawner of this test, and what it said. */
class Spawner implements AsyncDisposable {
  readonly heard: string[] = [];
  readonly child: ChildProcess;
  readonly socket: Socket;
  readonly ended: Promise<number | NodeJS.Signals | null>;
  stderr = '';

  constructor() {
    this.child = spawn(init, [], { argv0: 'pcmk-spawner', stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
    this.socket = this.child.stdio[3] as Socket;
    const say = (text: string): void => {
      this.heard.push(text);
    };
    const listener: SpawnerListener = {
      onHello: (version, runs) => say(`hello ${version} ${runs}`),
      onInherited: () => say('inherited'),
      onStarted: (id, pid) => say(`started ${id} ${pid}`),
      onOutput: (id, _stream, bytes) => say(`output ${id} ${bytes.toString()}`),
      onExited: (id, { how, value }) => say(`${how} ${id} ${value}`),
      onWillNotDie: (id) => say(`will not die ${id}`),
    };
    const reader = new SpawnerFrameReader(listener);
    this.socket.on('data', (bytes: Buffer) => reader.push(bytes));
    this.socket.on('error', () => undefined); // it may hang up while we write
    this.child.stderr?.on('data', (bytes: Buffer) => {
      this.stderr += bytes.toString();
    });
    this.ended = new Promise((done) => this.child.once('close', (code, signal) => done(code ?? signal)));
  }

  hears(text: string): Promise<void> {
    return until(
      () => this.heard.some((line) => line.startsWith(text)),
      () => `"${text}", got ${JSON.stringify(this.heard)}`,
    );
  }

  /** The pid of a run that was started. */
  pidOf(id: number): number {
    return Number(this.heard.find((line) => line.startsWith(`started ${id} `))?.split(' ')[2]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

const stateOf = (spawner: Spawner): string | undefined => readProcess(spawner.child.pid ?? 0)?.state;

describe('the connection', () => {
  test.each([
    ['is too short for a frame', Buffer.from([11, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0])],
    ['is longer than any frame', Buffer.from([1, 0, 128, 0, 1, 0, 0, 0, 1, 0, 0, 0])],
    ['is of no known kind', Buffer.from([12, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0])],
    ['is a RUN without its body', Buffer.from([12, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0])],
    ['lacks the end of a string', withU32(sh(1, 'exit 0'), 44, 9)],
    ['has no argument', withU32(sh(1, 'exit 0'), 40, 0)],
    ['has more limits than bytes', withU32(sh(1, 'exit 0'), 36, 0xffffffff)],
  ])('is closed with a line when what comes %s', async (_what, bytes) => {
    await using spawner = new Spawner();
    spawner.socket.write(sh(7, 'exit 3'));
    await spawner.hears('exited 7 3');
    spawner.socket.write(bytes);
    expect(await spawner.ended).toBe(0);
    expect(spawner.stderr).toMatch(/^pcmk-spawner: the daemon sent a frame that nobody understands; .*\n$/);
    expect(spawner.heard).toHaveLength(3); // hello, started, exited
  });

  test('stays when there are more strings than any kernel takes', async () => {
    await using spawner = new Spawner();
    spawner.socket.write(withU32(sh(1, 'exit 0'), 44, 1 << 20));
    await spawner.hears('not-started 1 7'); // E2BIG
    spawner.socket.write(sh(2, 'exit 4'));
    await spawner.hears('exited 2 4');
  });

  test('takes a purpose that fits to the next daemon, and no longer one', async () => {
    await using spawner = new Spawner();
    const command = { path: '/bin/true', args: [], env: {}, timeoutMs: 0, killScope: 'group' } as const;
    const purposed = (id: number, bytes: number): Buffer =>
      Buffer.from(encodeRun(id, { ...command, purpose: 'x'.repeat(bytes) }, WHERE));
    spawner.socket.write(Buffer.concat([purposed(1, 128 << 10), purposed(2, (128 << 10) + 1)]));
    await spawner.hears('exited 1 0');
    await spawner.hears('not-started 2 7'); // E2BIG
  });

  test('answers each of many requests, though their answers were not read for a while', async () => {
    await using spawner = new Spawner();
    await spawner.hears('hello');
    spawner.socket.pause();
    // The answers to them are more than the spawner keeps, and the last of them wait in its buffer when it goes on.
    const command = { path: '/nonexistent', args: [], env: {}, timeoutMs: 0, killScope: 'group' } as const;
    const count = 24_000;
    const requests = Array.from({ length: count }, (_, id) => Buffer.from(encodeRun(id, command, WHERE)));
    spawner.socket.write(Buffer.concat(requests));
    await until(
      () => spawner.socket.writableLength === 0,
      () => `the requests to be taken, ${spawner.socket.writableLength} bytes are left`,
    );
    await until(() => stateOf(spawner) === 'S', 'the spawner to wait');
    spawner.socket.resume();
    await until(
      () => spawner.heard.length === count + 1,
      () => `${count} answers, got ${spawner.heard.length - 1}`,
    );
  });

  test('takes requests in any pieces', async () => {
    await using spawner = new Spawner();
    const bytes = Buffer.concat([sh(1, 'exit 1'), sh(2, 'exit 2'), sh(3, 'exit 3')]);
    for (let at = 0; at < bytes.length; at += 11) {
      spawner.socket.write(bytes.subarray(at, at + 11));
      await new Promise(setImmediate);
    }
    await Promise.all([1, 2, 3].map((id) => spawner.hears(`exited ${id} ${id}`)));
  });

  test('survives no garbage, and the spawner all of it', async () => {
    const mutation = fc.record({ at: fc.nat(80), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 6 }), async (mutations) => {
        await using spawner = new Spawner();
        const bytes = sh(1, ':');
        // Not what it shall run: only what stands around that.
        for (const { at, value } of mutations) {
          bytes[at < 44 ? at : bytes.length - 1 - (at % 4)] = value;
        }
        spawner.socket.end(bytes);
        expect(await spawner.ended).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a kill', () => {
  test('reaches a program that has left its group, and who is still in it', async () => {
    await using spawner = new Spawner();
    // The program moves into the group of one child; another one stays in the first group.
    const text = [
      '$| = 1;',
      'my $stay = fork; if (!$stay) { sleep 300; exit }',
      'my $group = fork; if (!$group) { sleep 300; exit }',
      'setpgrp($group, $group); setpgrp(0, $group) or die $!;',
      'print "moved $stay $group\\n"; sleep 300;',
    ].join('\n');
    const perl = { path: '/usr/bin/perl', args: ['-e', text], env: {}, timeoutMs: 0 } as const;
    spawner.socket.write(Buffer.from(encodeRun(1, { ...perl, killScope: 'group' }, WHERE)));
    await spawner.hears('output 1 moved');
    const said = spawner.heard.find((line) => line.startsWith('output 1 moved')) ?? '';
    const [stay, group] = said.split(' ').slice(3).map(Number);
    spawner.socket.write(encodeKill(1));
    await spawner.hears('signalled 1 9');
    await until(() => readProcess(stay ?? 0) === undefined, 'the bystander to be gone');
    killProcess(group, 'SIGKILL');
  });
});

describe('limits', () => {
  test('are set for the program, and our own for many descriptors are not', async () => {
    await using spawner = new Spawner();
    const RLIMIT_NOFILE = 7;
    const limit = Buffer.alloc(20);
    limit.writeUInt32LE(RLIMIT_NOFILE, 0);
    limit.writeUInt32LE(77, 4);
    limit.writeUInt32LE(99, 12);
    const plain = sh(1, 'printf "%s\\n%s\\n" "$(ulimit -Sn)" "$(ulimit -Hn)"');
    const limited = Buffer.concat([plain.subarray(0, 48), limit, plain.subarray(48)]);
    spawner.socket.write(withU32(withU32(limited, 0, limited.length), 36, 1));
    await spawner.hears('output 1 77\n99\n');
  });
});

describe('without its daemon', () => {
  test('it ends at once when nothing runs', async () => {
    await using spawner = new Spawner();
    await spawner.hears('hello 2 0');
    spawner.socket.end();
    expect(await spawner.ended).toBe(0);
    expect(spawner.stderr).toBe('');
  });

  test('it stays until what runs has ended, and keeps the deadlines', async () => {
    await using spawner = new Spawner();
    const command = { path: '/bin/sleep', args: ['300'], env: {}, killScope: 'group' } as const;
    spawner.socket.write(Buffer.from(encodeRun(1, { ...command, timeoutMs: 300 }, WHERE)));
    await spawner.hears('started 1');
    spawner.socket.destroy();
    expect(await spawner.ended).toBe(0);
    expect(readProcess(spawner.pidOf(1))).toBeUndefined();
  });

  test('it ends at once with TERM, and leaves what runs to others', async () => {
    await using spawner = new Spawner();
    spawner.socket.write(sh(1, 'exec sleep 300'));
    await spawner.hears('started 1');
    spawner.child.kill('SIGTERM');
    expect(await spawner.ended).toBe(0);
    const sleeper = readProcess(spawner.pidOf(1));
    expect(sleeper?.parent).not.toBe(spawner.child.pid);
    killProcess(spawner.pidOf(1), 'SIGKILL');
  });
});

/** PID 1 with a packaged daemon that is a shell script. */
async function startPackaged(
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<PidNamespace> {
  writeFileSync(join(library, 'node'), `#!/bin/sh\n${script}\n`);
  return startInPidNamespace([packaged], {
    env: { BUNDLET_INIT_ENV_FILE: '/nonexistent', PCMK_logfile: 'none', ...env },
  });
}

const spawnerOf = (box: PidNamespace) => box.processes().find(({ name }) => name === 'pcmk-spawner');

describe('beside PID 1', () => {
  test('each daemon gets a connection of its own, all the same spawner', async () => {
    const script =
      'readlink /proc/$$/fd/$BUNDLET_SPAWNER_FD; echo up; read line <&$BUNDLET_SPAWNER_FD; sleep 100001';
    await using box = await startPackaged(script);
    await box.printed('up');
    const first = spawnerOf(box);
    expect(first?.parent).toBe(box.initPid);
    const daemonOf = () => box.processes().find(({ name }) => name === 'node');
    killProcess(daemonOf()?.pid, 'SIGKILL');
    await box.printed('up', 2);
    expect(spawnerOf(box)?.pid).toBe(first?.pid);
    const sockets = box.stdout().match(/^socket:\[\d+\]$/gm) ?? [];
    expect(new Set(sockets).size).toBe(2);
    box.signal('SIGTERM');
    expect((await box.ended).stderr).not.toContain('reaped');
  });

  test('a spawner that dies is told, and the daemon is not touched; the next one gets another', async () => {
    await using box = await startPackaged('echo up $BUNDLET_SPAWNER_FD; exec sleep 100001');
    await until(() => box.stdout().includes('up'), 'the daemon');
    const first = spawnerOf(box);
    killProcess(first?.pid, 'SIGKILL');
    await until(() => initLines(box.stderr()).length === 1, 'a line');
    expect(initLines(box.stderr())).toEqual([
      'the spawner was killed by signal 9; the next daemon gets another',
    ]);
    const daemon = () => box.processes().find(({ name }) => name === 'sleep');
    await until(() => daemon() !== undefined, 'the daemon');
    killProcess(daemon()?.pid, 'SIGKILL');
    await until(() => box.stdout().split('up').length === 3, 'the second daemon');
    expect(spawnerOf(box)?.pid).not.toBe(first?.pid);
  });

  test('one that is stopped holds up neither PID 1 nor the daemons that come, nor the end', async () => {
    await using box = await startPackaged('echo up; exec sleep 100001', { BUNDLET_RESTART_LIMIT: '20' });
    await box.printed('up');
    // Again and again, because PID 1 wakes it.
    const { pid = 0 } = spawnerOf(box) ?? {};
    const daemon = () => box.processes().find(({ name }) => name === 'sleep');
    const stopper = setInterval(() => killProcess(pid, 'SIGSTOP'), 1);
    try {
      // 0.2 + 0.4 + 0.8 + 1.6 s of back-off: the descriptors of four daemons lie in the socket that nobody reads.
      for (let daemons = 2; daemons <= 5; daemons += 1) {
        await until(() => daemon() !== undefined, 'the daemon');
        killProcess(daemon()?.pid, 'SIGKILL');
        await box.printed('up', daemons);
      }
    } finally {
      clearInterval(stopper);
    }
    killProcess(pid, 'SIGSTOP');
    box.signal('SIGTERM');
    expect((await box.ended).status).toBe(128 + 15);
    expect(box.stderr()).not.toContain('KILLed');
  });

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'ends with the container at %s, without being missed',
    async (signal) => {
      await using box = await startPackaged('trap "exit 3" TERM INT; echo up; while :; do sleep 0.05; done');
      await box.printed('up');
      box.signal(signal);
      expect(await box.ended).toMatchObject({ status: 3, stderr: '' });
    },
  );

  test('there is none for a daemon that is not ours', async () => {
    await using box = await startInPidNamespace(
      [init, '-c', 'echo "fd $BUNDLET_SPAWNER_FD."; exec sleep 100001'],
      {
        env: { BUNDLET_DAEMON: '/bin/sh', BUNDLET_INIT_ENV_FILE: '/nonexistent', PCMK_logfile: 'none' },
      },
    );
    await box.printed('fd .');
    expect(spawnerOf(box)).toBeUndefined();
  });
});

function withU32(bytes: Buffer, at: number, value: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt32LE(value, at);
  return changed;
}
