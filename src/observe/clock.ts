/** The longest delay that Node's timers take; beyond it they fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** A timer that was set and can be called off. */
export interface Timer {
  /** Calls it off; does nothing when it has fired or was called off before. */
  cancel(): void;
}

/** Time as the daemon sees it. It enters by injection, so that a test never sleeps. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  nowMs(): number;
  /** Whole seconds since 1970, as on the wall. */
  epochSeconds(): number;
  /** Calls `fire` once, `delayMs` from now. Any length is allowed. */
  setTimer(delayMs: number, fire: () => void): Timer;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  epochSeconds: () => Math.floor(Date.now() / 1000),
  setTimer(delayMs, fire) {
    let handle: NodeJS.Timeout;
    const arm = (leftMs: number): void => {
      const stepMs = Math.min(leftMs, MAX_DELAY_MS);
      handle = setTimeout(() => (leftMs > stepMs ? arm(leftMs - stepMs) : fire()), stepMs);
    };
    arm(Math.max(0, delayMs));
    return { cancel: () => clearTimeout(handle) };
  },
};
