import { readFileSync } from 'node:fs';
import type { Call, CallEnd, Caller } from '../caller.ts';

/** Of the kernel's clock for users, on every platform that Node has [sysconf(3) _SC_CLK_TCK]. */
const TICK_MS = 10;
/** `cutime` behind the name in `/proc/PID/stat`, from 0; `cstime` is the next [proc(5)]. */
const CHILDREN_TIME = 13;

/** What children had cost at some moment. */
interface Reading {
  readonly cpuMs: number;
  readonly lastPid: number;
}

/**
 * Measures what calls cost: time of the CPU by what this process's children have taken when they were waited for, processes by the numbers that
 * were given to them. Calls that overlap can't be told apart and are not measured.
 */
export class MeteredCaller implements Caller {
  readonly #inner: Caller;
  readonly #isAlone: boolean;
  #running = 0;
  /** Counts beginnings: a call that saw another one begin has overlapped with it. */
  #begun = 0;

  /** `isAlone`: nobody else makes processes where this one runs. */
  constructor(inner: Caller, isAlone: boolean) {
    this.#inner = inner;
    this.#isAlone = isAlone;
  }

  async call(call: Call, signal: AbortSignal): Promise<CallEnd> {
    const isFirst = this.#running === 0;
    this.#running += 1;
    this.#begun += 1;
    const number = this.#begun;
    const before = read();
    try {
      const end = await this.#inner.call(call, signal);
      const isAlone = isFirst && this.#begun === number;
      return isAlone && end.end.kind !== 'not-started'
        ? { ...end, ...this.#difference(before, read()) }
        : end;
    } finally {
      this.#running -= 1;
    }
  }

  #difference(before: Reading | undefined, after: Reading | undefined): Pick<CallEnd, 'cpuMs' | 'forks'> {
    if (before === undefined || after === undefined) {
      return {};
    }
    const forks = after.lastPid - before.lastPid;
    return {
      cpuMs: after.cpuMs - before.cpuMs,
      // Numbers begin anew at the top; the agent's own process is none that it made.
      ...(this.#isAlone && forks >= 1 ? { forks: forks - 1 } : {}),
    };
  }
}

/** Two texts of a line each that the kernel has at hand. */
function read(): Reading | undefined {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // The last number of the reader's own PID namespace [proc(5)].
    const [, , , , lastPid] = readFileSync('/proc/loadavg', 'latin1').trim().split(' ');
    const ticks = Number(fields[CHILDREN_TIME]) + Number(fields[CHILDREN_TIME + 1]);
    return { cpuMs: ticks * TICK_MS, lastPid: Number(lastPid) };
  } catch {
    return undefined;
  }
}
