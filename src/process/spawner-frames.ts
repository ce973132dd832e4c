import type { Command, LimitedResource, ResourceLimit } from './runner.ts';

/** The frames between daemon and spawner, as `init/README.md` describes them. Numbers are little endian. */
export const FRAMES_VERSION = 2;

/** What the spawner takes in one frame. The kernel takes at most 6 MiB of arguments and environment. */
export const FRAME_LIMIT_BYTES = 8 * 1024 * 1024;

/** Ids of a daemon's runs are below; those from here on are runs that it inherited. */
export const FIRST_INHERITED_ID = 2 ** 30;

const KIND = {
  run: 1,
  kill: 2,
  hello: 16,
  inherited: 17,
  started: 18,
  output: 19,
  exited: 20,
  willNotDie: 21,
};
const FLAG = { killsProcessOnly: 1, hasUser: 2, hasUmask: 4 };

const HEAD_BYTES = 12;
const RUN_BYTES = HEAD_BYTES + 36;
const LIMIT_BYTES = 20;
const KIND_AT = 4;
const ID_AT = 8;
const BODY_AT = HEAD_BYTES;

/** As Linux numbers them on all machines that we build for [asm-generic/resource.h]. */
const RESOURCES: Readonly<Record<LimitedResource, number>> = {
  cpu: 0,
  fsize: 1,
  data: 2,
  stack: 3,
  core: 4,
  rss: 5,
  nproc: 6,
  nofile: 7,
  memlock: 8,
  as: 9,
};

/** Where every program of a runner runs, unless its command says otherwise. */
export interface Surroundings {
  readonly cwd: string;
  readonly umask: number;
}

/** The end of a run, as the spawner tells it. */
export interface Ending {
  readonly how: 'exited' | 'signalled' | 'timed-out' | 'not-started';
  /** Exit code, signal number or errno. */
  readonly value: number;
  /** Bytes of standard output and error that were left out. */
  readonly droppedBytes: readonly [stdout: number, stderr: number];
  /** Processor time and greatest resident size of the program and of children that it waited for. */
  readonly usage: { readonly userMs: number; readonly systemMs: number; readonly maxRssKb: number };
}

const HOW: readonly Ending['how'][] = ['exited', 'signalled', 'timed-out', 'not-started'];

/** Who hears what the spawner says. `bytes` are valid during the call only. */
export interface SpawnerListener {
  /** `pid` is absent where its version is another. */
  onHello(version: number, inheritedRuns: number, pid: number | undefined): void;
  onInherited(
    id: number,
    run: { readonly pid: number; readonly ageMs: number; readonly purpose: string },
  ): void;
  onStarted(id: number, pid: number): void;
  onOutput(id: number, stream: 1 | 2, bytes: Buffer): void;
  onExited(id: number, ending: Ending): void;
  onWillNotDie(id: number, pid: number): void;
}

/**
 * The request to run a command, or the errno that the kernel would answer it with: `EINVAL` for a NUL in a text or a
 * limit that is none, `E2BIG` for more than any kernel takes.
 */
export function encodeRun(id: number, command: Command, where: Surroundings): Buffer | 'EINVAL' | 'E2BIG' {
  const { path, args, env, user, limits = [], purpose = '' } = command;
  const strings = [path, where.cwd, path, ...args];
  for (const name in env) {
    strings.push(`${name}=${env[name]}`);
  }
  if (strings.some((text) => text.includes('\0')) || !limits.every(isLimit)) {
    return 'EINVAL';
  }
  const text = `${strings.join('\0')}\0${purpose}`;
  const bytes = RUN_BYTES + limits.length * LIMIT_BYTES + Buffer.byteLength(text);
  if (bytes > FRAME_LIMIT_BYTES) {
    return 'E2BIG';
  }
  const frame = Buffer.allocUnsafe(bytes);
  writeHead(frame, KIND.run, id);
  const flags =
    FLAG.hasUmask |
    (command.killScope === 'process' ? FLAG.killsProcessOnly : 0) |
    (user === undefined ? 0 : FLAG.hasUser);
  let at = frame.writeUInt32LE(flags, BODY_AT);
  at = frame.writeUInt32LE(user?.uid ?? 0, at);
  at = frame.writeUInt32LE(user?.gid ?? 0, at);
  at = frame.writeUInt32LE(where.umask, at);
  at = writeTimeout(frame, command.timeoutMs, at);
  at = frame.writeUInt32LE(limits.length, at);
  at = frame.writeUInt32LE(args.length + 1, at);
  at = frame.writeUInt32LE(strings.length - args.length - 3, at);
  for (const limit of limits) {
    at = writeLimit(frame, limit, at);
  }
  frame.write(text, at);
  return frame;
}

/** The request to kill the process group of a run. */
export function encodeKill(id: number): Buffer {
  const frame = Buffer.allocUnsafe(HEAD_BYTES);
  writeHead(frame, KIND.kill, id);
  return frame;
}

function writeHead(frame: Buffer, kind: number, id: number): void {
  frame.writeUInt32LE(frame.length, 0);
  frame.writeUInt32LE(kind, KIND_AT);
  frame.writeUInt32LE(id, ID_AT);
}

/** 0 is none; parts of a millisecond count as a whole one. */
function writeTimeout(frame: Buffer, timeoutMs: number, at: number): number {
  const ms = timeoutMs > 0 ? Math.min(Math.ceil(timeoutMs), Number.MAX_SAFE_INTEGER) : 0;
  return writeNumber64(frame, ms, at);
}

const isLimit = ({ soft, hard }: ResourceLimit): boolean =>
  [soft, hard].every((value) => value === Infinity || (Number.isSafeInteger(value) && value >= 0));

function writeLimit(frame: Buffer, { resource, soft, hard }: ResourceLimit, at: number): number {
  const end = writeNumber64(frame, soft, frame.writeUInt32LE(RESOURCES[resource], at));
  return writeNumber64(frame, hard, end);
}

/** `Infinity` is all ones, as RLIM_INFINITY. */
function writeNumber64(frame: Buffer, value: number, at: number): number {
  const isInfinite = value === Infinity;
  frame.writeUInt32LE(isInfinite ? 0xffff_ffff : value % 2 ** 32, at);
  return frame.writeUInt32LE(isInfinite ? 0xffff_ffff : Math.floor(value / 2 ** 32), at + 4);
}

/** Cuts what the spawner says into frames, however it comes in pieces. */
export class SpawnerFrameReader {
  readonly #listener: SpawnerListener;
  #rest: Buffer | undefined;

  constructor(listener: SpawnerListener) {
    this.#listener = listener;
  }

  /**
   * Takes what came; `chunk` may be used anew afterwards.
   * @throws RangeError where it can't come from a spawner of this version
   */
  push(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (bytes.length - at >= HEAD_BYTES) {
      const length = bytes.readUInt32LE(at);
      if (length < HEAD_BYTES || length > FRAME_LIMIT_BYTES) {
        throw new RangeError(
          `Expected a frame of ${HEAD_BYTES} to ${FRAME_LIMIT_BYTES} bytes, got ${length}`,
        );
      }
      if (bytes.length - at < length) {
        break;
      }
      this.#take(bytes.subarray(at, at + length));
      at += length;
    }
    this.#rest = at === bytes.length ? undefined : Buffer.from(bytes.subarray(at));
  }

  #take(frame: Buffer): void {
    const kind = frame.readUInt32LE(KIND_AT);
    const id = frame.readUInt32LE(ID_AT);
    switch (kind) {
      case KIND.hello: {
        const pid = frame.length > BODY_AT + 8 ? frame.readUInt32LE(BODY_AT + 8) : undefined;
        this.#listener.onHello(frame.readUInt32LE(BODY_AT), frame.readUInt32LE(BODY_AT + 4), pid);
        break;
      }
      case KIND.inherited: {
        const purpose = frame.toString('utf8', BODY_AT + 12);
        const run = { pid: frame.readUInt32LE(BODY_AT), ageMs: readNumber64(frame, BODY_AT + 4), purpose };
        this.#listener.onInherited(id, run);
        break;
      }
      case KIND.started:
        this.#listener.onStarted(id, frame.readUInt32LE(BODY_AT));
        break;
      case KIND.output:
        this.#listener.onOutput(id, frame.readUInt32LE(BODY_AT) === 1 ? 1 : 2, frame.subarray(BODY_AT + 4));
        break;
      case KIND.exited:
        this.#listener.onExited(id, readEnding(frame));
        break;
      case KIND.willNotDie:
        this.#listener.onWillNotDie(id, frame.readUInt32LE(BODY_AT));
        break;
      default:
        throw new RangeError(`Expected a frame of a known kind, got ${kind}`);
    }
  }
}

function readEnding(frame: Buffer): Ending {
  const how = HOW[frame.readUInt32LE(BODY_AT)];
  if (how === undefined) {
    throw new RangeError(`Expected a known way to end, got ${frame.readUInt32LE(BODY_AT)}`);
  }
  return {
    how,
    value: frame.readUInt32LE(BODY_AT + 4),
    droppedBytes: [readNumber64(frame, BODY_AT + 8), readNumber64(frame, BODY_AT + 16)],
    usage: {
      userMs: frame.readUInt32LE(BODY_AT + 24),
      systemMs: frame.readUInt32LE(BODY_AT + 28),
      maxRssKb: frame.readUInt32LE(BODY_AT + 32),
    },
  };
}

const readNumber64 = (frame: Buffer, at: number): number =>
  frame.readUInt32LE(at) + frame.readUInt32LE(at + 4) * 2 ** 32;
