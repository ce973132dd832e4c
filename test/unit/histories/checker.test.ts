import { describe, expect, it } from 'vitest';
import { faultsIn, ruleNames } from '../../integration/histories/checker.ts';
import type { Asked, Exec, Run, Told } from '../../integration/histories/history.ts';
import { parseLedger } from '../../integration/histories/ledger.ts';
import { common, type Draft, exec, goodHistory, historyOf, reply, result, run } from './kit.ts';

type Spoil = (draft: Draft) => void;

/** Changes one entry; the rest of it stays. */
function change<T>(list: T[], at: number, fields: object): void {
  const entry = list[at];
  if (entry === undefined) {
    throw new Error(`Expected an entry ${at}`);
  }
  list[at] = { ...entry, ...fields };
}

/** Changes the result at this place of a stream. */
function changeResult(told: Told[], at: number, fields: object): void {
  const entry = told[at];
  if (entry?.kind !== 'result') {
    throw new Error(`Expected a result at ${at}`);
  }
  told[at] = { ...entry, result: { ...entry.result, ...fields } };
}

const move = <T>(list: T[], from: number, to: number): void => {
  list.splice(to, 0, ...list.splice(from, 1));
};

const monitor = { action: 'monitor', intervalMs: 20 };
const answered = { controller: 'A', rc: 0, sentMs: 1100, repliedMs: 1100 };

// Places in A's stream: 3 start, 5 and 6 monitor, 7 merged monitor, 8 its cancellation, 9 the reply to the stop,
// 10 stop, 11 the reply to the unregistration. In B's: 1 start, 2 and 3 monitor, 4 reply, 5 merged, 6 cancelled, 7 stop.
const BAD: readonly (readonly [rule: string, what: string, spoil: Spoil])[] = [
  ['replies', 'a request is not answered', ({ unanswered }) => unanswered.push('A lrmd_rsc_poke')],
  ['replies', 'an exec is refused', ({ asked }) => change(asked, 1, { rc: -22 })],
  ['replies', 'an exec has another call id than its reply', ({ asked }) => change(asked, 1, { rc: 5 })],
  ['replies', 'an exec without a resource is accepted', ({ asked }) => void asked.splice(0, 1)],
  [
    'replies',
    'a cancel finds nothing where a monitor was',
    ({ asked }) =>
      void asked.push({ ...answered, ...monitor, what: 'cancel', callId: 6.5, rscId: 'r1', rc: -95 }),
  ],
  [
    'replies',
    'a cancel finds something where nothing was',
    ({ asked }) =>
      void asked.push({ ...answered, ...monitor, what: 'cancel', callId: 7.5, rscId: 'r1', rc: 0 } as Asked),
  ],
  [
    'replies',
    'an unknown resource is busy',
    ({ asked }) => void asked.push({ ...answered, what: 'unregister', callId: 10, rscId: 'r9', rc: -115 }),
  ],
  ['lists', 'what was stopped is listed', ({ asked }) => void asked.push(list(7.5, [monitor]))],
  ['lists', 'what lives is not listed', ({ asked }) => void asked.push(list(6.5, []))],
  ['names', 'a result has a call id that was never given', ({ a }) => changeResult(a, 3, { callId: 99 })],
  ['names', 'a result is of another action', ({ a }) => changeResult(a, 3, { action: 'stop' })],
  ['names', 'a result is of another resource', ({ a }) => changeResult(a, 3, { rscId: 'r2' })],
  ['names', 'a result has the wrong user data', ({ a }) => changeResult(a, 3, { userData: 't4' })],
  ['names', 'a merged result has the old user data', ({ a }) => changeResult(a, 7, { userData: 't2' })],
  ['names', 'a result has the wrong parameters', ({ a }) => changeResult(a, 3, { parameters: new Map() })],
  ['names', 'a result has the wrong timeout', ({ a }) => changeResult(a, 3, { timeoutMs: 1 })],
  ['once', 'the result of a one-shot is lost', ({ a }) => void a.splice(3, 1)],
  ['once', 'the result of a one-shot is doubled', ({ a }) => void a.splice(3, 0, a[3] as Told)],
  ['once', 'a cancellation is lost', ({ b }) => void b.splice(6, 1)],
  ['once', 'a cancellation is doubled', ({ b }) => void b.splice(6, 0, b[6] as Told)],
  ['once', 'a monitor is told after its cancellation', ({ b }) => move(b, 5, 6)],
  ['once', 'a monitor is cancelled though nobody asked', ({ asked }) => void asked.splice(4, 2)],
  ['runsOnce', 'one run of a monitor is told twice', ({ a }) => void a.splice(6, 0, a[6] as Told)],
  ['afterReply', 'a result comes before the reply', ({ a }) => move(a, 3, 2)],
  [
    'afterReply',
    'a merged monitor speaks with its old call id',
    ({ b }) => changeResult(b, 5, { callId: 5 }),
  ],
  ['afterReply', 'the call id of a monitor goes back', ({ a }) => move(a, 7, 6)],
  ['beforeReply', 'a cancellation comes after the reply to the stop', ({ a }) => move(a, 8, 9)],
  ['beforeReply', 'a result comes after the reply to the unregistration', ({ a }) => move(a, 10, 11)],
  [
    'cancelledOneShots',
    'a cancelled one-shot is not told before the reply',
    ({ asked, a }) => {
      asked.push({ ...answered, what: 'cancel', callId: 7.5, rscId: 'r1', action: 'stop', intervalMs: 0 });
      a.splice(10, 0, reply(7.5));
    },
  ],
  [
    'deleted',
    'a result tells that the resource is gone though it is not',
    ({ a }) => changeResult(a, 5, { rscDeleted: true }),
  ],
  [
    'deleted',
    'a result after the unregistration does not tell so',
    ({ asked, a }) => {
      change(asked, 5, { rc: -115 });
      move(a, 10, 12);
    },
  ],
  ['inOrder', 'first results come in another order', ({ a }) => move(a, 3, 5)],
  ['alone', 'two agents run at a time', ({ runs }) => change(runs, 1, { startMs: 1005 })],
  ['alone', 'an agent finds the one before', ({ runs }) => change(runs, 1, { beside: 10 })],
  ['turns', 'operations run in another order', ({ runs }) => move(runs, 0, 1)],
  ['turns', 'a one-shot runs twice', ({ runs }) => void runs.push(run(20, 't1', 1150, { action: 'start' }))],
  ['turns', 'something runs that nobody asked for', ({ runs }) => void runs.push(run(20, 't9', 1150))],
  ['intervals', 'a monitor runs too early', ({ runs }) => change(runs, 2, { startMs: 1040 })],
  ['gone', 'a monitor runs after the stop', ({ runs }) => void runs.push(run(20, 't2', 1150, monitor))],
  [
    'gone',
    'a one-shot runs though it was cancelled',
    ({ a }) => changeResult(a, 10, { status: 1, output: undefined }),
  ],
  [
    'outcomes',
    'a failure is told as a success',
    ({ runs }) => change(runs, 0, { end: { ms: 1010, status: 7 } }),
  ],
  [
    'outcomes',
    'a crash is told as a success',
    ({ runs }) => change(runs, 0, { end: { ms: 1010, status: 'signal' } }),
  ],
  [
    'outcomes',
    'a run that hangs is told as a success',
    ({ asked, runs }) => {
      change(asked, 1, { behaviour: 'hang' });
      runs[0] = killed(runs[0]);
    },
  ],
  ['outcomes', 'a run in time is told as timed out', ({ a }) => changeResult(a, 3, { rc: 1, status: 2 })],
  ['outcomes', 'a result is of no run', ({ a }) => changeResult(a, 3, { output: 'ran t1 77\n' })],
  [
    'outcomes',
    'a result is of another operation’s run',
    ({ a }) => changeResult(a, 3, { output: 'ran t4 14\n' }),
  ],
  ['outcomes', 'a cancellation has a code out of nowhere', ({ a }) => changeResult(a, 8, { rc: 5 })],
  ['outcomes', 'a later run has times', ({ a }) => changeResult(a, 6, { runTime: 1 })],
  ['outcomes', 'a first run has no times', ({ a }) => changeResult(a, 3, { runTime: 0 })],
  ['runsTold', 'a run of a monitor is not told', ({ a }) => void a.splice(6, 1)],
  [
    'runsTold',
    'a change is not told to who wants changes only',
    ({ asked, runs, a }) => {
      change(asked, 2, { changesOnly: true });
      change(runs, 2, { end: { ms: 1060, status: 7 } });
      a.splice(6, 1);
    },
  ],
  [
    'changes',
    'the same is told again to who wants changes only',
    ({ asked }) => change(asked, 2, { changesOnly: true }),
  ],
  ['origOnly', 'a result for one goes to another', ({ asked }) => change(asked, 1, { origOnly: true })],
  ['common', 'a poke is not told to another', ({ b }) => void b.pop()],
  ['common', 'a poke is told twice', ({ b }) => void b.push(common(9))],
  ['common', 'a poke is told before its reply', ({ a }) => move(a, 14, 13)],
  ['sameForAll', 'two connections hear results in different order', ({ b }) => move(b, 2, 1)],
  [
    'sameForAll',
    'one that left hears less than the other',
    (draft) => {
      draft.isBOpen = false;
      draft.b.splice(3, 1);
    },
  ],
];

function list(callId: number, listed: readonly { action: string; intervalMs: number }[]): Asked {
  return { ...answered, what: 'list', callId, rscId: 'r1', listed, isSettled: true };
}

function killed(given: Run | undefined): Run {
  const { end: _end, ...rest } = given ?? run(0, '', 0);
  return rest;
}

describe('the checker of histories', () => {
  it('finds nothing in a good history', () => {
    expect(faultsIn(historyOf(goodHistory()))).toEqual([]);
  });

  it.each(BAD)('finds by its rule %s when %s', (rule, _what, spoil) => {
    const draft = goodHistory();
    spoil(draft);
    const faults = faultsIn(historyOf(draft));
    expect(faults).toContainEqual(expect.stringMatching(`^${rule}: `));
  });

  it('has a bad history for each of its rules', () => {
    expect([...new Set(BAD.map(([rule]) => rule))].sort()).toEqual([...ruleNames].sort());
  });

  it.each<readonly [string, Spoil]>([
    ['a run too early after a merge', ({ runs }) => change(runs, 3, { startMs: 1062 })],
    [
      'an operation that hangs and is killed before it says a word',
      (draft) => {
        change(draft.asked, 1, { behaviour: 'hang' });
        draft.runs.shift();
        for (const told of [draft.a, draft.b]) {
          changeResult(told, told === draft.a ? 3 : 1, { rc: 1, status: 2, output: undefined });
        }
      },
    ],
    [
      'nothing of an operation asked for by one who wants it alone',
      ({ asked, b }) => {
        change(asked, 1, { origOnly: true });
        b.splice(1, 1);
      },
    ],
    [
      'one-shots that were cancelled before they ran',
      ({ asked, runs, a, b }) => {
        const cancelled = result(7.2, 't5', undefined, { action: 'reload' });
        const cancel = { ...answered, what: 'cancel', action: 'reload', intervalMs: 0 } as const;
        asked.push(exec(7.2, 't5', { action: 'reload' } as Partial<Exec>));
        asked.push({ ...cancel, callId: 7.5, rscId: 'r1' });
        runs.sort((one, other) => one.startMs - other.startMs);
        a.splice(10, 0, reply(7.2), cancelled, reply(7.5));
        b.splice(7, 0, cancelled);
      },
    ],
  ])('takes no offence at %s', (_what, spoil) => {
    const draft = goodHistory();
    spoil(draft);
    expect(faultsIn(historyOf(draft))).toEqual([]);
  });

  it('knows what the last controller takes along', () => {
    const register = { ...answered, what: 'register', callId: 3, rscId: 'r1', type: 'recorder' } as const;
    const left = { ...answered, what: 'all-left', callId: 5.5 } as const;
    const asked = (drop: boolean, listed: readonly (typeof monitor)[]): Asked[] => [
      { ...register, drop },
      exec(5, 't2', monitor),
      left,
      list(6, listed),
    ];
    const faults = (drop: boolean, listed: readonly (typeof monitor)[]): string[] =>
      faultsIn({ asked: asked(drop, listed), unanswered: [], runs: [], streams: [] });
    expect(faults(true, [])).toEqual([]);
    expect(faults(false, [monitor])).toEqual([]);
    expect(faults(true, [monitor])).toEqual([expect.stringMatching('^lists: listed though it is over')]);
    expect(faults(false, [])).toEqual([expect.stringMatching('^lists: not listed')]);
  });
});

describe('a ledger', () => {
  it('tells runs, those without an end, and what was beside them', () => {
    const text =
      'start 7 12.34 t1 start 0 0\nstart 8 12.35 t2 monitor 20 7\nend 7 12.36 0\nend 8 12.4 signal\n';
    expect(parseLedger('r1', `${text}start 9 13 t2 monitor 20 0\nend 9 1`)).toEqual([
      {
        rscId: 'r1',
        pid: 7,
        tag: 't1',
        action: 'start',
        intervalMs: 0,
        startMs: 12_340,
        end: { ms: 12_360, status: 0 },
      },
      {
        ...{ rscId: 'r1', pid: 8, tag: 't2', action: 'monitor', intervalMs: 20, startMs: 12_350 },
        ...{ end: { ms: 12_400, status: 'signal' }, beside: 7 },
      },
      { rscId: 'r1', pid: 9, tag: 't2', action: 'monitor', intervalMs: 20, startMs: 13_000 },
    ]);
  });

  it.each(['begin 7 1 t start 0 0\n', 'end 7 1 0\n', 'start 7 1 t start 0 0\nstart 7 2 t start 0 0\n'])(
    'refuses %j',
    (text) => {
      expect(() => parseLedger('r1', text)).toThrow('Expected a line of the recorder');
    },
  );
});
