// A small good history, to be spoilt.
import type { Completion } from '../../../src/client/index.ts';
import type { Asked, Exec, History, Run, Told } from '../../integration/histories/history.ts';

/** A history under construction: A asks all but the merge, B is there as well. */
export interface Draft {
  asked: Asked[];
  unanswered: string[];
  runs: Run[];
  a: Told[];
  b: Told[];
  /** Whether B was there to the end. */
  isBOpen: boolean;
}

const ANSWERED = { controller: 'A', rc: 0, sentMs: 1000, repliedMs: 1000 };

const monitor = { rscId: 'r1', action: 'monitor', intervalMs: 20 };

export function exec(callId: number, tag: string, fields: Partial<Exec> = {}): Exec {
  const key = { rscId: 'r1', action: 'monitor', intervalMs: 0 };
  const options = { behaviour: 'exit', timeoutMs: 60_000, origOnly: false, changesOnly: false } as const;
  return { ...ANSWERED, what: 'exec', callId, rc: callId, tag, ...key, ...options, ...fields };
}

export function run(pid: number, tag: string, startMs: number, fields: Partial<Run> = {}): Run {
  const key = { rscId: 'r1', action: 'monitor', intervalMs: 0 };
  return { ...key, pid, tag, startMs, end: { ms: startMs + 10, status: 0 }, ...fields };
}

/** A result with the output of the process; without one it is a cancellation. */
export function result(callId: number, tag: string, pid?: number, fields: Partial<Completion> = {}): Told {
  const { first = tag, ...rest } = fields as Partial<Completion> & { readonly first?: string };
  const base = { rscId: 'r1', action: 'monitor', intervalMs: 0, timeoutMs: 60_000, startDelayMs: 0 };
  const times = { runTime: pid === undefined ? 0 : 1, rcChangeTime: 0, execTimeMs: 0, queueTimeMs: 0 };
  const outcome =
    pid === undefined ? { rc: 0, status: 1 } : { rc: 0, status: 0, output: `ran ${first} ${pid}\n` };
  const parameters = new Map([['tag', first]]);
  return {
    kind: 'result',
    result: { ...base, ...times, ...outcome, callId, userData: tag, rscDeleted: false, parameters, ...rest },
  };
}

export const reply = (callId: number): Told => ({ kind: 'reply', callId });
export const common = (callId: number): Told => ({ kind: 'common', callId, op: 'poke' });

/**
 * Registered, started, watched, watched again by B (merged), stopped, unregistered, poked. Results 0 to 4 and the
 * cancellation are the same for both.
 */
export function goodHistory(): Draft {
  const later = { ...monitor, runTime: 0 };
  const [started, watched, again, merged, cancelled, stopped] = [
    result(4, 't1', 10, { action: 'start' }),
    result(5, 't2', 11, monitor),
    result(5, 't2', 12, later),
    result(6, 't3', 13, { ...later, ...{ first: 't2' } }),
    result(6, 't3', undefined, { ...monitor, ...{ first: 't2' } }),
    result(7, 't4', 14, { action: 'stop' }),
  ];
  return {
    asked: [
      { ...ANSWERED, what: 'register', callId: 3, rscId: 'r1', type: 'recorder', drop: false },
      exec(4, 't1', { action: 'start' }),
      exec(5, 't2', monitor),
      exec(6, 't3', { ...monitor, controller: 'B', sentMs: 1062, repliedMs: 1064 }),
      exec(7, 't4', { action: 'stop', sentMs: 1100, repliedMs: 1100 }),
      { ...ANSWERED, what: 'unregister', callId: 8, rscId: 'r1', sentMs: 1200, repliedMs: 1200 },
      { ...ANSWERED, what: 'poke', callId: 9, sentMs: 1200, repliedMs: 1200 },
    ],
    unanswered: [],
    runs: [
      run(10, 't1', 1000, { action: 'start' }),
      run(11, 't2', 1020, monitor),
      run(12, 't2', 1050, monitor),
      run(13, 't2', 1070, monitor),
      run(14, 't4', 1110, { action: 'stop' }),
    ],
    a: [
      ...[
        reply(3),
        common(3),
        reply(4),
        started,
        reply(5),
        watched,
        again,
        merged,
        cancelled,
        reply(7),
        stopped,
      ],
      ...[reply(8), common(8), reply(9), common(9)],
    ],
    b: [
      ...[common(3), started, watched, again, reply(6), merged, cancelled, stopped],
      ...[common(8), common(9)],
    ],
    isBOpen: true,
  };
}

export function historyOf({ asked, unanswered, runs, a, b, isBOpen }: Draft): History {
  return {
    asked,
    unanswered,
    runs,
    streams: [
      { controller: 'A', callId: 1, registeredMs: 900, isOpen: true, told: a },
      { controller: 'B', callId: 2, registeredMs: 900, isOpen: isBOpen, told: b },
    ],
  };
}
