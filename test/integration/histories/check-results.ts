// What was told of operations: everything once, under the right name, in the right place.
import type { Asked, Stream } from './history.ts';
import { isSameOperation, type Operation } from './operations.ts';
import {
  CANCELLED,
  coversFrom,
  describe,
  describeResult,
  isFor,
  type Placed,
  pidOf,
  type Rule,
  replyAt,
  resultsIn,
  resultsOf,
  tellingAt,
} from './rule.ts';

/** A result names an operation that was asked for, as it was asked for. */
export const names: Rule = ({ streams }, { byCallId }) =>
  streams.flatMap((stream) =>
    resultsIn(stream).flatMap((placed) => {
      const { result } = placed;
      const operation = byCallId.get(result.callId);
      const exec = operation?.execs.find(({ callId }) => callId === result.callId);
      if (operation === undefined || exec === undefined || exec.rscId !== result.rscId) {
        return [`result of nothing that was asked for: ${describeResult(stream, placed)}`];
      }
      const { first } = operation;
      const isRight =
        isSameOperation(first, result) &&
        // A merged operation has the newer request's user data and its own parameters [protocol 5.4].
        result.userData === exec.tag &&
        result.parameters.get('tag') === first.tag &&
        result.timeoutMs === first.timeoutMs;
      const got = `user data ${result.userData}, tag ${result.parameters.get('tag')}, timeout ${result.timeoutMs}`;
      return isRight
        ? []
        : [`wrong data: ${describeResult(stream, placed)}: ${got} for ${describe(exec)}, first ${first.tag}`];
    }),
  );

/** A one-shot has one result; a recurring operation that was taken away is told to be so once, and last. */
export const once: Rule = ({ streams }, { operations }) =>
  operations.flatMap((operation) =>
    streams
      .filter((stream) => isFor(operation, stream))
      .flatMap((stream) => {
        const found = resultsOf(operation, stream);
        return operation.isRecurring
          ? cancelledOnce(operation, stream, found)
          : resultOnce(operation, stream, found);
      }),
  );

function resultOnce(operation: Operation, stream: Stream, found: readonly Placed[]): string[] {
  const who = `${describe(operation.first)} to ${stream.controller}`;
  if (found.length > 1) {
    return [`doubled result: ${who}, ${found.length} times`];
  }
  return found.length === 0 && coversFrom(stream, operation.first.callId) ? [`lost result: ${who}`] : [];
}

function cancelledOnce(operation: Operation, stream: Stream, found: readonly Placed[]): string[] {
  const who = `${describe(operation.first)} to ${stream.controller}`;
  const at = found.findIndex(({ result }) => result.status === CANCELLED);
  const { removal } = operation;
  if (at === -1) {
    // Dropped when nobody was there: nobody heard of it.
    const mustBeTold = removal !== undefined && removal.what !== 'all-left';
    return mustBeTold && coversFrom(stream, removal.callId) ? [`lost cancellation: ${who}`] : [];
  }
  const isUnasked = removal === undefined || removal.what === 'all-left';
  return [
    ...(isUnasked ? [`cancelled though nobody asked for it: ${who}`] : []),
    ...found.slice(at + 1).map((placed) => `result of what is over: ${describeResult(stream, placed)}`),
  ];
}

/** No run is told twice to one connection. */
export const runsOnce: Rule = ({ streams }) =>
  streams.flatMap((stream) => {
    const seen = new Set<string>();
    return resultsIn(stream).flatMap((placed) => {
      const pid = pidOf(placed.result);
      const run = `${placed.result.rscId} ${pid}`;
      const isDoubled = pid !== undefined && seen.has(run);
      seen.add(run);
      return isDoubled ? [`doubled result: ${describeResult(stream, placed)}`] : [];
    });
  });

/** The reply to an exec comes before its results, and after it a merged operation never uses an older call id. */
export const afterReply: Rule = ({ streams }, { operations }) =>
  streams.flatMap((stream) =>
    operations.flatMap((operation) => {
      const found = resultsOf(operation, stream);
      const early = operation.execs.flatMap((exec) => {
        const reply = replyAt(stream, exec.callId);
        return found.flatMap((placed) => {
          if (reply !== undefined && placed.result.callId === exec.callId && placed.at < reply) {
            return [`result before the reply: ${describeResult(stream, placed)}`];
          }
          const isOlder = placed.result.callId < exec.callId;
          return reply !== undefined && isOlder && placed.at > reply
            ? [`old call id after the merge: ${describeResult(stream, placed)}, merged into #${exec.callId}`]
            : [];
        });
      });
      const backwards = found
        .filter((placed, index) => placed.result.callId < (found[index - 1]?.result.callId ?? 0))
        .map((placed) => `call id goes back: ${describeResult(stream, placed)}`);
      return [...early, ...backwards];
    }),
  );

/** What a request takes away is told to the one who asks before the reply, and nothing of it after [protocol 5.6, 5.7]. */
export const beforeReply: Rule = ({ streams }, { operations }) =>
  streams.flatMap((stream) => {
    const removed = operations.filter((operation) => isFor(operation, stream));
    const late = new Map<Asked, number>();
    const faults = removed.flatMap((operation) => {
      const { removal } = operation;
      const reply = removal === undefined ? undefined : replyAt(stream, removal.callId);
      if (removal === undefined || reply === undefined) {
        return [];
      }
      const found = resultsOf(operation, stream);
      const after = found.filter(({ at }) => at > reply);
      if (operation.isRecurring) {
        return [
          ...after.map(
            (placed) => `result after the reply to ${describe(removal)}: ${describeResult(stream, placed)}`,
          ),
        ];
      }
      late.set(removal, (late.get(removal) ?? 0) + after.length);
      return after
        .filter(({ result }) => result.status === CANCELLED)
        .map(
          (placed) => `cancelled after the reply to ${describe(removal)}: ${describeResult(stream, placed)}`,
        );
    });
    // Only the one in flight may end later.
    const tooMany = [...late]
      .filter(([removal, count]) => count > (removal.rc === 0 && removal.what === 'unregister' ? 0 : 1))
      .map(([removal, count]) => `${count} results after the reply to ${describe(removal)}`);
    return [...faults, ...tooMany];
  });

/** A one-shot that was cancelled is told so right before the reply. */
export const cancelledOneShots: Rule = ({ asked, streams }, { operations }) =>
  asked.flatMap((request) => {
    if (request.what !== 'cancel' || request.intervalMs !== 0 || request.rc !== 0) {
      return [];
    }
    const stream = streams.find(({ controller }) => controller === request.controller);
    const before = stream?.told[(replyAt(stream, request.callId) ?? 0) - 1];
    const isTold =
      before?.kind === 'result' &&
      before.result.status === CANCELLED &&
      before.result.rscId === request.rscId &&
      isSameOperation(before.result, request);
    const mayBeHidden = operations.some(
      ({ first }) =>
        first.origOnly && first.rscId === request.rscId && first.controller !== request.controller,
    );
    return isTold || mayBeHidden ? [] : [`no cancellation before the reply: ${describe(request)}`];
  });

/**
 * Results tell that their resource is gone while nothing of its id is registered; what an unregistration cancels tells
 * so, too, though it comes before the reply. A replaced resource is not gone.
 */
export const deleted: Rule = ({ asked, streams }, { byCallId }) =>
  streams.flatMap((stream) =>
    resultsIn(stream).flatMap((placed) => {
      const { callId, rscId, rscDeleted, status } = placed.result;
      const { removal, isRecurring = false } = byCallId.get(callId) ?? {};
      const isBefore = ({ callId: id }: Asked): boolean => (tellingAt(stream, id) ?? Infinity) < placed.at;
      const changes = asked.filter(
        (request) =>
          (request.what === 'register' || request.what === 'unregister') &&
          request.rscId === rscId &&
          request.callId > callId,
      );
      const isRemovedBefore = changes.filter(isBefore).at(-1)?.what === 'unregister';
      // A one-shot may have been cancelled by a request of its own before.
      const isCancelledByIt =
        isRecurring && removal?.what === 'unregister' && status === CANCELLED && !changes.some(isBefore);
      if ((isRemovedBefore || isCancelledByIt) && !rscDeleted) {
        return [`does not tell that the resource is gone: ${describeResult(stream, placed)}`];
      }
      return rscDeleted && !isRemovedBefore && removal?.what !== 'unregister'
        ? [`tells that the resource is gone: ${describeResult(stream, placed)}`]
        : [];
    }),
  );

/** First results come in the order in which operations were asked for [protocol 5.2]. */
export const inOrder: Rule = ({ streams }, { byCallId }) =>
  streams.flatMap((stream) => {
    const last = new Map<string, number>();
    return resultsIn(stream).flatMap((placed) => {
      const { rscId, runTime } = placed.result;
      const callId = byCallId.get(placed.result.callId)?.first.callId ?? 0;
      // Only a first run has a time [protocol 5.5].
      if (runTime === 0) {
        return [];
      }
      const before = last.get(rscId) ?? 0;
      last.set(rscId, callId);
      return callId < before ? [`out of order: ${describeResult(stream, placed)} after #${before}`] : [];
    });
  });
