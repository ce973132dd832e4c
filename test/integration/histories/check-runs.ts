// What the agent ran, and what was told of it.
import type { History, Run, Stream } from './history.ts';
import type { Meaning, Operation } from './operations.ts';
import {
  CANCELLED,
  describe,
  describeResult,
  describeRun,
  isFor,
  type Placed,
  pidOf,
  type Rule,
  resultsIn,
  resultsOf,
  runsOf,
  TIMED_OUT,
} from './rule.ts';

/** The kernel's clock goes in steps of 10 ms: the difference of two readings may be too small by less than one. */
const STEP_MS = 10;

/** At most one process of a resource runs at a time [protocol 5.1]. */
export const alone: Rule = ({ runs }) => {
  const last = new Map<string, Run>();
  return runs.flatMap((run) => {
    const before = last.get(run.rscId);
    last.set(run.rscId, run);
    if (run.beside !== undefined) {
      return [`two at a time: ${describeRun(run)} beside process ${run.beside}`];
    }
    return before?.end !== undefined && run.startMs < before.end.ms
      ? [`two at a time: ${describeRun(run)} beside ${describeRun(before)}`]
      : [];
  });
};

/** Operations take their first turn in the order in which they were asked for, and a one-shot has only one. */
export const turns: Rule = ({ runs }, { operations }) => {
  const byTag = new Map(operations.map((operation) => [operation.first.tag, operation]));
  const last = new Map<string, number>();
  const seen = new Set<Operation>();
  return runs.flatMap((run) => {
    const operation = byTag.get(run.tag);
    if (operation === undefined) {
      return [`ran though nobody asked for it: ${describeRun(run)}`];
    }
    if (seen.has(operation)) {
      return operation.isRecurring ? [] : [`ran twice: ${describeRun(run)}`];
    }
    seen.add(operation);
    const before = last.get(run.rscId) ?? 0;
    last.set(run.rscId, operation.first.callId);
    return operation.first.callId < before ? [`out of turn: ${describeRun(run)} after #${before}`] : [];
  });
};

/** The interval counts from the end of a run; only an equal monitor that is asked for shortens it [protocol 5.3, 5.4]. */
export const intervals: Rule = ({ runs }, { operations }) =>
  operations.flatMap((operation) => {
    const own = runsOf(operation, runs);
    return own.flatMap((run, index) => {
      const before = own[index - 1];
      if (before === undefined) {
        return [];
      }
      // One that was killed at its timeout began before that: so at least this long ago.
      const sinceMs = run.startMs - (before.end?.ms ?? before.startMs);
      const isMerged = operation.execs.some(
        ({ sentMs, repliedMs }) => repliedMs >= (before.end?.ms ?? before.startMs) && sentMs <= run.startMs,
      );
      return sinceMs <= run.intervalMs - STEP_MS && !isMerged
        ? [`too early: ${describeRun(run)}, ${sinceMs} ms after ${describeRun(before)}`]
        : [];
    });
  });

/** Nothing runs of what was taken away. */
export const gone: Rule = ({ runs, streams }, { operations }) =>
  operations.flatMap((operation) => {
    const own = runsOf(operation, runs);
    const { removal } = operation;
    const isCancelled = streams.some((stream) =>
      resultsOf(operation, stream).some(({ result }) => result.status === CANCELLED),
    );
    if (!operation.isRecurring) {
      return isCancelled ? own.map((run) => `ran though it was cancelled: ${describeRun(run)}`) : [];
    }
    return own
      .filter(({ startMs }) => removal !== undefined && startMs > removal.repliedMs)
      .map((run) => `ran after ${removal === undefined ? '' : describe(removal)}: ${describeRun(run)}`);
  });

interface Outcome {
  readonly rc: number;
  readonly status: number;
}

/** What a run must be told as; undefined when it was killed without having deserved it. */
function outcomeOf(run: Run, operation: Operation): Outcome | undefined {
  if (run.end === undefined) {
    return operation.first.behaviour === 'hang' ? { rc: 1, status: TIMED_OUT } : undefined;
  }
  return run.end.status === 'signal' ? { rc: 1, status: 4 } : { rc: run.end.status, status: 0 };
}

/** A result is that of a run of its operation. */
export const outcomes: Rule = (history, meaning) =>
  history.streams.flatMap((stream) =>
    resultsIn(stream).flatMap((placed) => {
      const operation = meaning.byCallId.get(placed.result.callId);
      // What belongs to nothing is another rule's matter.
      const fault = operation === undefined ? undefined : outcomeFault(placed, operation, history);
      return fault === undefined ? [] : [`${fault}: ${describeResult(stream, placed)}`];
    }),
  );

function outcomeFault({ result }: Placed, operation: Operation, { runs }: History): string | undefined {
  const own = runsOf(operation, runs);
  if (result.status === CANCELLED) {
    // One that waited tells its last result again [protocol 5.7].
    const rcs = [0, ...own.map((run) => outcomeOf(run, operation)?.rc)];
    return rcs.includes(result.rc) ? undefined : 'wrong code of a cancelled operation';
  }
  const pid = pidOf(result);
  const run = own.find((one) => one.pid === pid);
  if (run === undefined) {
    // It may be killed before it could say a word.
    const isHanging = pid === undefined && operation.first.behaviour === 'hang';
    return isHanging && result.rc === 1 && result.status === TIMED_OUT ? undefined : 'result without a run';
  }
  const expected = outcomeOf(run, operation);
  if (expected?.rc !== result.rc || expected.status !== result.status) {
    return `wrong result of ${describeRun(run)}`;
  }
  return result.runTime > 0 === (own[0] === run) ? undefined : `wrong times of ${describeRun(run)}`;
}

/** Every run that ended is told to whoever was there when it did. */
export const runsTold: Rule = (history, meaning) =>
  meaning.operations.flatMap((operation) =>
    history.streams
      .filter((stream) => stream.isOpen && isFor(operation, stream))
      .flatMap((stream) => untold(operation, stream, history)),
  );

function untold(operation: Operation, stream: Stream, { runs }: History): string[] {
  const results = resultsOf(operation, stream).filter(({ result }) => result.status !== CANCELLED);
  const told = new Set(results.map(({ result }) => pidOf(result)));
  const own = runsOf(operation, runs);
  return own
    .filter((run, index) => {
      const isThere = run.end !== undefined && stream.registeredMs < run.end.ms;
      // Cancelled between its last word and its end.
      const isCut = operation.isRecurring && operation.removal !== undefined && index === own.length - 1;
      return isThere && !isCut && !told.has(run.pid) && mustBeTold(operation, own, index);
    })
    .map((run) => `lost result: ${describeRun(run)} to ${stream.controller}`);
}

/** With "changes only" a run that ends like the one before is told only to those who asked again [protocol 5.16]. */
function mustBeTold(operation: Operation, own: readonly Run[], index: number): boolean {
  const [run, before] = [own[index], own[index - 1]];
  if (!operation.first.changesOnly || run === undefined || before === undefined) {
    return true;
  }
  const [outcome, last] = [outcomeOf(run, operation), outcomeOf(before, operation)];
  return outcome?.rc !== last?.rc || outcome?.status !== last?.status;
}

/** With "changes only" the same result is told again only after a merge. */
export const changes: Rule = ({ streams }, { operations }: Meaning) =>
  operations
    .filter(({ first }) => first.changesOnly)
    .flatMap((operation) =>
      streams.flatMap((stream) => {
        const found = resultsOf(operation, stream);
        const repeated = found.filter(({ result }, index) => {
          const before = found[index - 1]?.result;
          return before?.rc === result.rc && before.status === result.status;
        });
        return repeated
          .slice(operation.execs.length - 1)
          .map((placed) => `told though nothing changed: ${describeResult(stream, placed)}`);
      }),
    );
