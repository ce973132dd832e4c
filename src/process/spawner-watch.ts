import type { Clock, Timer } from '../observe/clock.ts';

/** Between two looks, in ms. */
const LOOK_MS = 2000;

/** So many looks in a row may find that it owes a word and has said nothing: then it is helped, and then given up. */
const HELP_AT_LOOKS = 5;
const GIVE_UP_AT_LOOKS = 7;

export interface SpawnerWatchTools {
  readonly clock: Clock;
  /** `none`: nothing runs, so nothing is looked at until `begin`. */
  readonly look: () => 'none' | 'patient' | 'owed';
  /** It hangs: once before it is given up. */
  readonly onStuck: () => void;
  /** It still hangs. Nothing is looked at any more. */
  readonly onHopeless: () => void;
}

/**
 * Notices a spawner that hangs: somebody stopped it, or the kernel holds it with a program on a file system that does not
 * answer. All deadlines are its own, so without this nobody would hear of anything any more. Looks are counted and not
 * time, so that a daemon that stood still itself blames nobody.
 */
export class SpawnerWatch {
  readonly #tools: SpawnerWatchTools;
  #timer: Timer | undefined;
  #hasSpoken = false;
  #silentLooks = 0;

  constructor(tools: SpawnerWatchTools) {
    this.#tools = tools;
  }

  /** Something runs. */
  begin(): void {
    this.#timer ??= this.#tools.clock.setTimer(LOOK_MS, () => this.#look());
  }

  /** It said something. */
  heard(): void {
    this.#hasSpoken = true;
  }

  end(): void {
    this.#timer?.cancel();
  }

  #look(): void {
    this.#timer = undefined;
    const seen = this.#tools.look();
    this.#silentLooks = seen === 'owed' && !this.#hasSpoken ? this.#silentLooks + 1 : 0;
    this.#hasSpoken = false;
    if (this.#silentLooks === GIVE_UP_AT_LOOKS) {
      this.#tools.onHopeless();
      return;
    }
    if (this.#silentLooks === HELP_AT_LOOKS) {
      this.#tools.onStuck();
    }
    if (seen !== 'none') {
      this.begin();
    }
  }
}
