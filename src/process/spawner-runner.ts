import type { Clock } from '../observe/clock.ts';
import { emit } from '../observe/events.ts';
import { killGroup, untilGone } from './process-group.ts';
import type { Command, Exit, InheritedRun, OnExit, Output, Runner, RunningCommand } from './runner.ts';
import {
  type Ending,
  encodeKill,
  encodeRun,
  FIRST_INHERITED_ID,
  FRAMES_VERSION,
  SpawnerFrameReader,
  type SpawnerListener,
  type Surroundings,
} from './spawner-frames.ts';
import { exitOf, SpawnerRun } from './spawner-run.ts';
import type { OpenSpawner, SpawnerSocket } from './spawner-socket.ts';
import { SpawnerWatch } from './spawner-watch.ts';
import { endSpawner, helpSpawner } from './stuck-spawner.ts';

/** How long a program may take to be started, in ms: long, because a disk may be slow. */
const START_LIMIT_MS = 20_000;

/** After a kill the spawner tells of the end, or so much later that the process will not die, in ms. */
const WILL_NOT_DIE_MS = 5000;

/** So long before the spawner kills a program it is looked at, in ms; of a short time a tenth. */
const LOOK_BEFORE_MS = 20;

const NOTHING: Output = { stdout: '', stderr: '' };

/** What ended because the spawner did: killed, so that nothing runs beside what comes next. */
const LOST: Exit = { kind: 'signalled', signal: 'SIGKILL' };

export interface SpawnerTools {
  readonly clock: Clock;
  readonly surroundings: Surroundings;
  /** The spawner is gone. What it ran is killed now, and each run ends when it is gone. Called once. */
  readonly onLost: () => void;
}

/** Runs programs through the static spawner [docs/decisions/0004-spawning.md]. */
export class SpawnerRunner implements Runner, SpawnerListener {
  /** What ran already, in the order in which it was told. Complete once `greeted`. */
  readonly inherited: InheritedRun[] = [];
  /** Resolves when the spawner said what runs already; rejects when it is gone before, or of another version. */
  readonly greeted: Promise<void>;
  readonly #tools: SpawnerTools;
  readonly #socket: SpawnerSocket;
  readonly #runs = new Map<number, SpawnerRun>();
  readonly #watch: SpawnerWatch;
  /** Of the spawner. */
  #pid: number | undefined;
  #missing: number | undefined;
  #settleGreeting: { readonly done: () => void; readonly failed: (error: Error) => void };
  #lastId = 0;
  #isLost = false;

  /** @throws Error of the system where there is no such spawner */
  constructor(open: OpenSpawner, tools: SpawnerTools) {
    this.#tools = tools;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.greeted = promise;
    promise.catch(() => undefined); // whoever waits for it hears of it
    this.#settleGreeting = { done: resolve, failed: reject };
    const reader = new SpawnerFrameReader(this);
    this.#watch = new SpawnerWatch({
      clock: tools.clock,
      look: () => this.#look(),
      onStuck: () => this.#help(),
      onHopeless: () => this.#giveUp(),
    });
    this.#socket = open({
      onBytes: (bytes) => {
        this.#watch.heard();
        try {
          reader.push(bytes);
        } catch (error) {
          // Another version, or memory that went bad: nothing that it says can be believed any more.
          this.#fail(error instanceof Error ? error : new Error(String(error)));
        }
      },
      onEnd: () => this.#lost(),
    });
  }

  /** True once the spawner is gone: nothing can be run any more. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Runs that have not ended; while `onLost` is called, those that are being killed. */
  get inFlight(): number {
    return this.#runs.size;
  }

  run(command: Command, onExit: OnExit): RunningCommand {
    if (this.#isLost) {
      return refuse('EIO', onExit);
    }
    const id = this.#nextId();
    const frame = encodeRun(id, command, this.#tools.surroundings);
    if (typeof frame === 'string') {
      return refuse(frame, onExit);
    }
    const { clock } = this.#tools;
    const { path, timeoutMs, keepsNuls = false } = command;
    const look =
      timeoutMs > 0
        ? clock.setTimer(timeoutMs - Math.min(LOOK_BEFORE_MS, timeoutMs / 10), () => run.lookAtHang())
        : undefined;
    const run: SpawnerRun = new SpawnerRun({
      name: path,
      timeoutMs,
      keepsNuls,
      onEnd: (exit, usage) => {
        look?.cancel();
        onExit(exit, run.output(), usage);
      },
    });
    run.owedAtMs = clock.nowMs() + (timeoutMs > 0 ? Math.min(timeoutMs, START_LIMIT_MS) : START_LIMIT_MS);
    this.#runs.set(id, run);
    this.#watch.begin();
    this.#socket.write(frame);
    return {
      kill: () => {
        if (this.#runs.get(id) === run && !this.#isLost) {
          run.owedAtMs = Math.min(run.owedAtMs, clock.nowMs() + WILL_NOT_DIE_MS);
          this.#socket.write(encodeKill(id));
        }
        return run.output();
      },
    };
  }

  /** Ends the connection, as if the spawner had died. */
  close(): void {
    this.#socket.close();
  }

  onHello(version: number, inheritedRuns: number, pid: number | undefined): void {
    if (version !== FRAMES_VERSION) {
      throw new RangeError(`Expected a spawner of version ${FRAMES_VERSION}, got ${version}`);
    }
    this.#missing = inheritedRuns;
    this.#pid = pid;
    this.#greet();
  }

  onInherited(id: number, { pid, ageMs, purpose }: Omit<InheritedRun, 'ended'>): void {
    const { promise, resolve } = Promise.withResolvers<Exit>();
    const run = new SpawnerRun({ name: purpose, timeoutMs: 0, onEnd: resolve });
    run.pid = pid;
    this.#runs.set(id, run);
    this.inherited.push({ purpose, pid, ageMs, ended: promise });
    this.#missing = (this.#missing ?? 0) - 1;
    this.#greet();
  }

  onStarted(id: number, pid: number): void {
    const run = this.#runs.get(id);
    if (run !== undefined) {
      run.pid = pid;
      const { timeoutMs } = run;
      const limitMs = timeoutMs > 0 ? timeoutMs + WILL_NOT_DIE_MS : Number.POSITIVE_INFINITY;
      run.owedAtMs = this.#tools.clock.nowMs() + limitMs;
    }
  }

  onOutput(id: number, stream: 1 | 2, bytes: Buffer): void {
    this.#runs.get(id)?.take(stream, bytes);
  }

  onExited(id: number, ending: Ending): void {
    const run = this.#runs.get(id);
    if (run !== undefined) {
      this.#runs.delete(id);
      run.end(exitOf(ending), ending);
    }
  }

  onWillNotDie(id: number, pid: number): void {
    const run = this.#runs.get(id);
    if (run !== undefined) {
      run.owedAtMs = Number.POSITIVE_INFINITY;
    }
    emit('op.will-not-die', { pid, path: run?.name });
  }

  #look(): 'none' | 'patient' | 'owed' {
    if (this.#runs.size === 0) {
      return 'none';
    }
    const nowMs = this.#tools.clock.nowMs();
    return [...this.#runs.values()].some(({ owedAtMs }) => owedAtMs <= nowMs) ? 'owed' : 'patient';
  }

  #help(): void {
    emit('spawner.stuck', { pid: this.#pid, inFlight: this.#runs.size });
    if (this.#pid !== undefined) {
      helpSpawner(this.#pid);
    }
  }

  #giveUp(): void {
    if (this.#pid !== undefined) {
      endSpawner(this.#pid);
    }
    this.#socket.close();
  }

  #greet(): void {
    if (this.#missing === 0) {
      this.#settleGreeting.done();
    }
  }

  #nextId(): number {
    do {
      this.#lastId = (this.#lastId + 1) % FIRST_INHERITED_ID;
    } while (this.#runs.has(this.#lastId));
    return this.#lastId;
  }

  #fail(error: Error): void {
    this.#settleGreeting.failed(error);
    this.#socket.close();
  }

  /**
   * Nobody watches what ran any more. It is killed, and counts as running until it is gone, so that no second operation
   * runs beside it. What was asked for and never began is answered at once.
   */
  #lost(): void {
    this.#isLost = true;
    this.#watch.end();
    this.#settleGreeting.failed(new Error('The spawner ended before it said what runs'));
    this.#tools.onLost();
    const runs = [...this.#runs.values()];
    this.#runs.clear();
    for (const run of runs) {
      if (run.pid === undefined) {
        run.end({ kind: 'not-started', errno: 'EIO' });
        continue;
      }
      killGroup(run.pid);
      untilGone(run.pid, this.#tools.clock, {
        onLate: () => emit('op.will-not-die', { pid: run.pid, path: run.name }),
        onGone: () => run.end(LOST),
      });
    }
  }
}

/** A result is never there before the caller holds the command. */
function refuse(errno: string, onExit: OnExit): RunningCommand {
  queueMicrotask(() => onExit({ kind: 'not-started', errno }, NOTHING));
  return { kill: () => NOTHING };
}
