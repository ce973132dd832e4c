import type { Clock, Timer } from '../observe/clock.ts';
import { emit } from '../observe/events.ts';
import type { InheritedRun, Runner } from './runner.ts';
import type { Surroundings } from './spawner-frames.ts';
import { SpawnerRunner } from './spawner-runner.ts';
import { inheritedSpawner, type OpenSpawner, ownSpawner } from './spawner-socket.ts';

/** How long a spawner may take to say what runs, in ms. */
const GREETING_MS = 1000;

/** A spawner that is lost so often within `LOSSES_MS` is not started again. */
const LOSSES_LIMIT = 3;
const LOSSES_MS = 60_000;

export interface RunnerSourceOptions {
  readonly clock: Clock;
  readonly surroundings: Surroundings;
  /** Descriptor of the spawner that `pcmk-init` left; absent if there is none. */
  readonly spawnerFd?: number;
  /** The program that is a spawner when its name is `pcmk-spawner`; absent: programs are started with execa. */
  readonly spawnerProgram?: string;
}

/**
 * Gives the runner that there is: the spawner of `pcmk-init`, else one of our own, else execa. A spawner that is lost
 * is replaced with the next command, so that there is always a runner.
 */
export class RunnerSource {
  readonly #options: RunnerSourceOptions;
  #runner: Promise<Runner> | undefined;
  #spawner: SpawnerRunner | undefined;
  #isInheritedUsed = false;
  readonly #lossesMs: number[] = [];

  constructor(options: RunnerSourceOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  get(): Promise<Runner> {
    this.#runner ??= this.#find();
    return this.#runner;
  }

  /**
   * The same without a wait where it is there: a command that is sent before its request is answered begins a tenth of
   * a millisecond earlier.
   */
  getNow(): Runner | Promise<Runner> {
    return this.#spawner ?? this.get();
  }

  /** What ran already when this daemon started; known within a second. */
  async inherited(): Promise<readonly InheritedRun[]> {
    if (this.#options.spawnerFd === undefined) {
      return []; // a spawner of our own knows nothing of earlier daemons: it need not be started for this
    }
    const runner = await this.get();
    return runner instanceof SpawnerRunner ? runner.inherited : [];
  }

  async #find(): Promise<Runner> {
    const { spawnerFd, spawnerProgram } = this.#options;
    if (spawnerFd !== undefined && !this.#isInheritedUsed) {
      this.#isInheritedUsed = true;
      const runner = await this.#tryOpen(inheritedSpawner(spawnerFd));
      if (runner !== undefined) {
        emit('spawner.ready', { fd: spawnerFd, inherited: runner.inherited.length });
        return runner;
      }
    }
    if (spawnerProgram !== undefined && !this.#isHopeless()) {
      const runner = await this.#tryOpen(ownSpawner(spawnerProgram));
      if (runner !== undefined) {
        emit('spawner.ready', { program: spawnerProgram });
        return runner;
      }
    }
    emit('spawner.missing', { program: spawnerProgram });
    const { ExecaRunner } = await import('./execa-runner.ts');
    return new ExecaRunner(this.#options.clock);
  }

  async #tryOpen(open: OpenSpawner): Promise<SpawnerRunner | undefined> {
    const { clock, surroundings } = this.#options;
    let timer: Timer | undefined;
    try {
      const runner: SpawnerRunner = new SpawnerRunner(open, {
        clock,
        surroundings,
        onLost: () => this.#lost(runner),
      });
      timer = clock.setTimer(GREETING_MS, () => runner.close());
      await runner.greeted;
      if (runner.isLost) {
        return undefined;
      }
      this.#spawner = runner;
      return runner;
    } catch {
      // No such descriptor or program, another version, or silence: the next way is tried, and what is used is told.
      return undefined;
    } finally {
      timer?.cancel();
    }
  }

  /** One that never was in use is no loss: another way is being tried already. */
  #lost(runner: SpawnerRunner): void {
    if (runner === this.#spawner) {
      this.#spawner = undefined;
      this.#runner = undefined;
      this.#lossesMs.push(this.#options.clock.nowMs());
      emit('spawner.lost', { inFlight: runner.inFlight });
    }
  }

  #isHopeless(): boolean {
    const sinceMs = this.#options.clock.nowMs() - LOSSES_MS;
    return this.#lossesMs.filter((ms) => ms >= sinceMs).length >= LOSSES_LIMIT;
  }
}
