import { describe, expect, it } from 'vitest';
import type { Command, Exit, Output, Usage } from '../../../src/process/runner.ts';
import { SpawnerRunner } from '../../../src/process/spawner-runner.ts';
import type { SpawnerSocketListener } from '../../../src/process/spawner-socket.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';

const COMMAND: Command = { path: '/bin/x', args: [], env: {}, timeoutMs: 0, killScope: 'group' };
const KIND_AT = 4;
const KILL = 2;
/** Above every pid that Linux gives. */
const NOBODY = 2 ** 22 + 1;

/** A spawner that says what the test wants. */
class FakeSpawner {
  readonly clock = new FakeClock();
  readonly runner: SpawnerRunner;
  readonly sent: Buffer[] = [];
  losses = 0;
  #listener: SpawnerSocketListener | undefined;

  constructor() {
    const tools = {
      clock: this.clock,
      surroundings: { cwd: '/', umask: 0 },
      onLost: () => {
        this.losses += 1;
      },
    };
    this.runner = new SpawnerRunner((listener) => {
      this.#listener = listener;
      return { write: (bytes) => void this.sent.push(bytes), close: () => listener.onEnd() };
    }, tools);
  }

  says(kind: number, id: number, body: readonly number[], text = ''): void {
    const words = Buffer.from(Uint32Array.from([0, kind, id, ...body]).buffer);
    const frame = Buffer.concat([words, Buffer.from(text)]);
    frame.writeUInt32LE(frame.length, 0);
    this.#listener?.onBytes(frame);
  }

  dies(): void {
    this.#listener?.onEnd();
  }
}

interface Ended extends Output {
  readonly exit: Exit;
}

function begin(spawner: FakeSpawner, timeoutMs = 0): { readonly ends: Ended[]; kill(): Output } {
  const ends: Ended[] = [];
  const { kill } = spawner.runner.run({ ...COMMAND, timeoutMs }, (exit, output) =>
    ends.push({ exit, ...output }),
  );
  return { ends, kill };
}

const quiet = { stdout: '', stderr: '' };
const ended = (how: number, value: number, dropped = 0): number[] => [how, value, dropped, 0, 0, 0, 0, 0, 0];

describe('a runner of a spawner', () => {
  it('is greeted once everything that runs was told', async () => {
    const spawner = new FakeSpawner();
    spawner.says(16, 0, [2, 2]);
    spawner.says(17, 2 ** 30, [71, 5, 0], 'one');
    spawner.says(17, 2 ** 30 + 1, [72, 6, 0], 'two');
    await spawner.runner.greeted;
    expect(spawner.runner.inherited).toMatchObject([
      { pid: 71, ageMs: 5, purpose: 'one' },
      { pid: 72, ageMs: 6, purpose: 'two' },
    ]);
    spawner.says(20, 2 ** 30 + 1, ended(0, 7));
    expect(await spawner.runner.inherited[1]?.ended).toEqual({ kind: 'exited', code: 7 });
  });

  it('refuses another version, and what is no frame', async () => {
    for (const body of [[1, 0], []]) {
      const spawner = new FakeSpawner();
      spawner.says(16, 0, body);
      await expect(spawner.runner.greeted).rejects.toThrow(RangeError);
      expect(spawner.runner.isLost).toBe(true);
    }
  });

  it.each<[string, number, number, Exit]>([
    ['an exit code', 0, 255, { kind: 'exited', code: 255 }],
    ['a signal', 1, 11, { kind: 'signalled', signal: 'SIGSEGV' }],
    ['a signal without a name', 1, 40, { kind: 'signalled', signal: 'SIG40' as NodeJS.Signals }],
    ['a deadline', 2, 9, { kind: 'timed-out' }],
    ['an errno', 3, 13, { kind: 'not-started', errno: 'EACCES' }],
  ])('tells %s', (_what, how, value, exit) => {
    const spawner = new FakeSpawner();
    const { ends } = begin(spawner);
    spawner.says(20, 1, ended(how, value));
    expect(ends).toEqual([{ exit, ...quiet }]);
  });

  it('tells what a program took, if there was one', () => {
    const spawner = new FakeSpawner();
    const told: (Usage | undefined)[] = [];
    for (const how of [0, 1, 2, 3]) {
      spawner.runner.run(COMMAND, (_exit, _output, usage) => told.push(usage));
      spawner.says(20, how + 1, [how, 9, 0, 0, 0, 0, 30, 12, 2048]);
    }
    const took = { cpuMs: 42, maxRssKb: 2048 };
    expect(told).toEqual([took, took, took, undefined]);
  });

  it('puts what was left out between head and tail', () => {
    const spawner = new FakeSpawner();
    const { ends } = begin(spawner);
    spawner.says(19, 1, [1], 'h'.repeat(512 * 1024));
    spawner.says(19, 1, [1], 'tail');
    spawner.says(20, 1, ended(0, 0, 99));
    expect(ends[0]?.stdout).toBe(`${'h'.repeat(512 * 1024)}\n[… 99 bytes left out …]\ntail`);
  });

  it('kills only what has not ended', () => {
    const spawner = new FakeSpawner();
    const { kill } = begin(spawner);
    spawner.says(19, 1, [2], 'so far');
    expect(kill()).toEqual({ stdout: '', stderr: 'so far' });
    expect(spawner.sent.map((frame) => frame.readUInt32LE(KIND_AT))).toEqual([1, KILL]);
    spawner.says(20, 1, ended(1, 9));
    expect(kill().stderr).toBe('so far');
    expect(spawner.sent).toHaveLength(2);
  });

  it('ends what was never begun when the spawner dies, and refuses what comes after', async () => {
    const spawner = new FakeSpawner();
    const { ends, kill } = begin(spawner);
    spawner.dies();
    expect(spawner.losses).toBe(1);
    expect(ends).toEqual([{ exit: { kind: 'not-started', errno: 'EIO' }, ...quiet }]);
    const late = begin(spawner);
    kill();
    expect(late.ends).toEqual([]);
    await Promise.resolve();
    expect(late.ends).toEqual(ends);
    expect(spawner.sent).toHaveLength(1);
  });

  it('waits until a group that it killed is gone, and no longer', () => {
    const spawner = new FakeSpawner();
    const { ends } = begin(spawner);
    spawner.says(18, 1, [NOBODY]);
    spawner.dies();
    expect(ends).toEqual([]);
    spawner.clock.advance(1);
    expect(ends).toEqual([{ exit: { kind: 'signalled', signal: 'SIGKILL' }, ...quiet }]);
    expect(spawner.clock.waiting).toBe(0);
  });

  // [asked for, started, killed, told that it will not die; when a silent spawner is given up, in ms]
  it.each<[string, number, (spawner: FakeSpawner, kill: () => void) => void, number | undefined]>([
    ['that was never started', 60_000, () => undefined, 20_000],
    ['that was never started, with a short timeout', 3000, () => undefined, 3000],
    ['that was never started, without a timeout', 0, () => undefined, 20_000],
    ['that was started', 60_000, (spawner) => spawner.says(18, 1, [NOBODY]), 65_000],
    ['that was started, without a timeout', 0, (spawner) => spawner.says(18, 1, [NOBODY]), undefined],
    [
      'that was started and killed, without a timeout',
      0,
      (spawner, kill) => {
        spawner.says(18, 1, [NOBODY]);
        kill();
      },
      5000,
    ],
    [
      'that will not die',
      1000,
      (spawner) => {
        spawner.says(18, 1, [NOBODY]);
        spawner.says(21, 1, [NOBODY]);
      },
      undefined,
    ],
  ])('gives up a spawner that is silent about a run %s', (_what, timeoutMs, happens, owedMs) => {
    const spawner = new FakeSpawner();
    const { ends, kill } = begin(spawner, timeoutMs);
    happens(spawner, kill);
    if (owedMs === undefined) {
      spawner.clock.advance(10 * 86_400_000);
      expect(spawner.losses).toBe(0);
      return;
    }
    spawner.clock.advance(owedMs + 10_000);
    expect(spawner.losses).toBe(0);
    spawner.clock.advance(6000);
    expect(spawner.losses).toBe(1);
    expect(ends).toHaveLength(1);
    expect(spawner.clock.waiting).toBe(0);
  });
});
