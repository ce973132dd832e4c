import { describe, expect, it } from 'vitest';
import type { Command } from '../../../src/process/runner.ts';
import {
  type Ending,
  encodeKill,
  encodeRun,
  FRAME_LIMIT_BYTES,
  SpawnerFrameReader,
  type SpawnerListener,
} from '../../../src/process/spawner-frames.ts';

const WHERE = { cwd: '/cwd', umask: 0o026 };
const COMMAND: Command = {
  path: '/bin/x',
  args: ['a', ''],
  env: { A: '1', Ä: 'ü' },
  timeoutMs: 1500.2,
  killScope: 'group',
};

const numbers = (frame: Buffer): number[] =>
  Array.from({ length: 12 }, (_none, index) => frame.readUInt32LE(index * 4));

const strings = (frame: Buffer): string[] => frame.toString('utf8', 48).split('\0');

function encoded(command: Partial<Command>, id = 5): Buffer {
  const frame = encodeRun(id, { ...COMMAND, ...command }, WHERE);
  if (typeof frame === 'string') {
    throw new Error(frame);
  }
  return frame;
}

describe('a request to run', () => {
  it('says everything', () => {
    const frame = encoded({ purpose: 'why' });
    // bytes, kind, id, flags, uid, gid, umask, timeout (two halves), limits, arguments, variables
    expect(numbers(frame)).toEqual([frame.length, 1, 5, 4, 0, 0, 0o026, 1501, 0, 0, 3, 2]);
    expect(strings(frame)).toEqual(['/bin/x', '/cwd', '/bin/x', 'a', '', 'A=1', 'Ä=ü', 'why']);
  });

  it.each<[string, Partial<Command>, number, number]>([
    ['the process only', { killScope: 'process' }, 3, 5],
    ['a user', { user: { uid: 7, gid: 8 } }, 3, 6],
    ['its uid', { user: { uid: 7, gid: 8 } }, 4, 7],
    ['its gid', { user: { uid: 7, gid: 8 } }, 5, 8],
    ['no timeout', { timeoutMs: 0 }, 7, 0],
    ['no timeout, said so', { timeoutMs: -1 }, 7, 0],
    ['a long timeout, low half', { timeoutMs: 2 ** 33 + 9 }, 7, 9],
    ['a long timeout, high half', { timeoutMs: 2 ** 33 + 9 }, 8, 2],
    ['no arguments', { args: [] }, 10, 1],
    ['no variables', { env: {} }, 11, 0],
  ])('says %s', (_what, command, index, value) => {
    expect(numbers(encoded(command))[index]).toBe(value);
  });

  it('says its limits between the numbers and the texts', () => {
    const limits = [
      { resource: 'core', soft: 0, hard: Infinity },
      { resource: 'nofile', soft: 64, hard: 2 ** 33 + 1 },
    ] as const;
    const frame = encoded({ limits });
    expect(numbers(frame)[9]).toBe(2);
    const said = [0, 20].map((at) => [
      frame.readUInt32LE(48 + at),
      frame.readBigUInt64LE(52 + at),
      frame.readBigUInt64LE(60 + at),
    ]);
    expect(said).toEqual([
      [4, 0n, 2n ** 64n - 1n],
      [7, 64n, 2n ** 33n + 1n],
    ]);
    expect(frame.toString('utf8', 88)).toBe(encoded({}).toString('utf8', 48));
  });

  it.each([-1, 1.5, Number.NaN, -Infinity, 2 ** 53])('is refused for a limit of %d', (value) => {
    const limits = [{ resource: 'core', soft: 0, hard: value }] as const;
    expect(encodeRun(1, { ...COMMAND, limits }, WHERE)).toBe('EINVAL');
  });

  it.each<[string, Partial<Command>]>([
    ['path', { path: '/a\0b' }],
    ['argument', { args: ['\0'] }],
    ['name of a variable', { env: { 'a\0': '' } }],
    ['value of a variable', { env: { a: '\0' } }],
  ])('is refused for a NUL in the %s', (_what, command) => {
    expect(encodeRun(1, { ...COMMAND, ...command }, WHERE)).toBe('EINVAL');
  });

  it.each([
    [FRAME_LIMIT_BYTES - 1, true],
    [FRAME_LIMIT_BYTES, true],
    [FRAME_LIMIT_BYTES + 1, false],
  ])('of %i bytes is taken: %s', (bytes, isTaken) => {
    const purpose = 'x'.repeat(bytes - encoded({ purpose: '' }).length);
    const frame = encodeRun(1, { ...COMMAND, purpose }, WHERE);
    expect(typeof frame === 'string' ? frame : frame.length).toBe(isTaken ? bytes : 'E2BIG');
  });
});

it('a request to kill has a head only', () => {
  expect(encodeKill(9)).toEqual(Buffer.from([12, 0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 0]));
});

type Heard = readonly [what: string, ...facts: unknown[]];

class Listener implements SpawnerListener {
  readonly heard: Heard[] = [];
  onHello(version: number, inheritedRuns: number, pid: number | undefined): void {
    this.heard.push(['hello', version, inheritedRuns, pid]);
  }
  onInherited(id: number, run: { pid: number; ageMs: number; purpose: string }): void {
    this.heard.push(['inherited', id, run]);
  }
  onStarted(id: number, pid: number): void {
    this.heard.push(['started', id, pid]);
  }
  onOutput(id: number, stream: 1 | 2, bytes: Buffer): void {
    this.heard.push(['output', id, stream, bytes.toString()]);
  }
  onExited(id: number, ending: Ending): void {
    this.heard.push(['exited', id, ending]);
  }
  onWillNotDie(id: number, pid: number): void {
    this.heard.push(['will-not-die', id, pid]);
  }
}

function frameOf(kind: number, id: number, body: readonly number[], text = ''): Buffer {
  const bytes = Buffer.from(text);
  const frame = Buffer.alloc(12 + body.length * 4);
  [frame.length + bytes.length, kind, id, ...body].forEach((value, index) => {
    frame.writeUInt32LE(value, index * 4);
  });
  return Buffer.concat([frame, bytes]);
}

const SAID = Buffer.concat([
  frameOf(16, 0, [2, 1, 70]),
  frameOf(17, 2 ** 30, [77, 5, 1], '{"rsc":"ä"}'),
  frameOf(18, 3, [78]),
  frameOf(19, 3, [2], 'some text'),
  frameOf(20, 3, [1, 9, 0, 0, 6, 0, 10, 20, 3000]),
  frameOf(21, 4, [79]),
]);

const HEARD: readonly Heard[] = [
  ['hello', 2, 1, 70],
  ['inherited', 2 ** 30, { pid: 77, ageMs: 2 ** 32 + 5, purpose: '{"rsc":"ä"}' }],
  ['started', 3, 78],
  ['output', 3, 2, 'some text'],
  [
    'exited',
    3,
    {
      how: 'signalled',
      value: 9,
      droppedBytes: [0, 6],
      usage: { userMs: 10, systemMs: 20, maxRssKb: 3000 },
    },
  ],
  ['will-not-die', 4, 79],
];

describe('what a spawner says', () => {
  it.each([1, 2, 3, 7, 12, 50, SAID.length])('is understood in pieces of %i bytes', (size) => {
    const listener = new Listener();
    const reader = new SpawnerFrameReader(listener);
    // One buffer for all pieces, as the socket has it.
    const shared = Buffer.alloc(size);
    for (let at = 0; at < SAID.length; at += size) {
      const taken = SAID.copy(shared, 0, at, at + size);
      reader.push(shared.subarray(0, taken));
    }
    expect(listener.heard).toEqual(HEARD);
  });

  it.each([
    ['shorter than its head', frameOf(18, 1, []).fill(11, 0, 1)],
    ['longer than any', Buffer.from([1, 0, 128, 0, 18, 0, 0, 0, 1, 0, 0, 0])],
    ['of an unknown kind', frameOf(99, 1, [])],
    ['with an unknown end', frameOf(20, 1, [4, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['without its body', frameOf(20, 1, [0])],
  ])('is refused when it is %s', (_what, frame) => {
    expect(() => new SpawnerFrameReader(new Listener()).push(frame)).toThrow(RangeError);
  });
});
