import { parseDuration } from '../config/duration.ts';
import { messageOf } from '../errors/agent-error.ts';
import { emit } from '../observe/events.ts';

/** The daemon that feeds the watchdog, and without which it does not protect anything. */
const WATCHDOG_DAEMON = 'sbd';

export interface WatchdogOptions {
  /** `SBD_WATCHDOG_TIMEOUT` in ms; 0 = not set. */
  readonly sbdTimeoutMs: number;
  /** The id of a process by its name, if there is one. */
  readonly findProcess: (name: string) => Promise<number | undefined>;
  /** Called when the watchdog would not protect; absent = nothing but the log. */
  readonly onUnprotected?: () => void;
}

/**
 * The time in which the cluster relies on the watchdog, in ms; 0 = it does not [protocol 4.9]. What is no time
 * counts as negative, which means twice the watchdog's own timeout [pcmk watchdog.c].
 */
export function reliedOnMs(value: string | undefined, sbdTimeoutMs: number): number {
  if (value === undefined) {
    return 0;
  }
  const ms = parseDuration(value) ?? -1;
  return ms < 0 ? 2 * sbdTimeoutMs : ms;
}

/** Tells whether the watchdog would do what the cluster believes of it. One look at a time. */
export class WatchdogCheck {
  readonly #options: WatchdogOptions;
  #isLooking = false;

  constructor(options: WatchdogOptions) {
    this.#options = options;
  }

  /** `value` is the cluster's `stonith-watchdog-timeout`. Nobody waits for the outcome. */
  check(value: string | undefined, peer: string): void {
    const neededMs = reliedOnMs(value, this.#options.sbdTimeoutMs);
    if (neededMs > 0 && !this.#isLooking) {
      this.#isLooking = true;
      void this.#look(neededMs, peer);
    }
  }

  async #look(neededMs: number, peer: string): Promise<void> {
    const problem = await this.#problemWith(neededMs);
    this.#isLooking = false;
    if (problem === undefined) {
      emit('watchdog.protects', { peer, timeoutMs: neededMs });
      return;
    }
    emit('watchdog.unprotected', { peer, timeoutMs: neededMs, problem });
    this.#options.onUnprotected?.();
  }

  async #problemWith(neededMs: number): Promise<string | undefined> {
    const { sbdTimeoutMs, findProcess } = this.#options;
    if (neededMs < sbdTimeoutMs) {
      return `Expected at least SBD_WATCHDOG_TIMEOUT, ${sbdTimeoutMs} ms; raise stonith-watchdog-timeout in the cluster`;
    }
    try {
      const found = await findProcess(WATCHDOG_DAEMON);
      return found === undefined ? 'Expected sbd to run on this node; start it' : undefined;
    } catch (error) {
      return `Expected to find out whether sbd runs: ${messageOf(error)}`;
    }
  }
}
