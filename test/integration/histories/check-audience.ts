// Who was told what: all connections the same in the same order, but for what only one asked to hear.
import type { Asked, Stream, Told } from './history.ts';
import { coversFrom, describe, describeResult, pidOf, type Rule, replyAt, resultsIn } from './rule.ts';

/** A result that only the asking connection wants goes to no other [protocol 5.16]. */
export const origOnly: Rule = ({ streams }, { byCallId }) =>
  streams.flatMap((stream) =>
    resultsIn(stream).flatMap((placed) => {
      const first = byCallId.get(placed.result.callId)?.first;
      return first?.origOnly === true && first.controller !== stream.controller
        ? [`for ${first.controller} only: ${describeResult(stream, placed)}`]
        : [];
    }),
  );

/** Registrations and pokes are told to everybody, once, and to the one who asked after the reply [protocol 4.1]. */
export const common: Rule = ({ asked, streams }) =>
  asked.filter(isTold).flatMap((request) =>
    streams.flatMap((stream) => {
      const at = stream.told.flatMap((told, index) =>
        told.kind === 'common' && told.callId === request.callId ? [index] : [],
      );
      const reply = replyAt(stream, request.callId);
      const least = coversFrom(stream, request.callId) ? 1 : 0;
      if (at.length < least) {
        return [`lost notification: ${describe(request)} to ${stream.controller}`];
      }
      if (at.length > 1) {
        return [`doubled notification: ${describe(request)} to ${stream.controller}`];
      }
      return reply !== undefined && (at[0] ?? reply) < reply
        ? [`told before the reply: ${describe(request)}`]
        : [];
    }),
  );

function isTold({ what, rc }: Asked): boolean {
  return (what === 'register' || what === 'unregister' || what === 'poke') && rc !== -19;
}

/**
 * What everybody is told because of a request cuts all streams at the same place. So between two such cuts, any two
 * connections that have both must have heard the same results in the same order.
 */
export const sameForAll: Rule = ({ streams }, { byCallId }) => {
  const isForAll = (told: Told): boolean =>
    told.kind === 'result' && byCallId.get(told.result.callId)?.first.origOnly !== true;
  const seen = new Map<string, { readonly stream: Stream; readonly results: string }>();
  return streams.flatMap((stream) =>
    pieces(stream).flatMap(({ from, to, told }) => {
      const results = told.filter(isForAll).map(resultText).join(', ');
      const key = `${from}`;
      const other = seen.get(key);
      if (other === undefined) {
        seen.set(key, { stream, results: `${to}: ${results}` });
        return [];
      }
      return other.results === `${to}: ${results}`
        ? []
        : [
            `different between #${from} and #${to}: ${stream.controller} was told ${results || 'nothing'}, ` +
              `${other.stream.controller} up to #${other.results || 'nothing'}`,
          ];
    }),
  );
};

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly told: readonly Told[];
}

/** A stream between its cuts; what comes before the first and after the last is nobody else's measure. */
function pieces({ told }: Stream): Piece[] {
  const cuts = told.flatMap((entry, at) => (entry.kind === 'common' ? [{ at, callId: entry.callId }] : []));
  return cuts.slice(1).map(({ at, callId }, index) => {
    const start = cuts[index] ?? { at: 0, callId: 0 };
    return { from: start.callId, to: callId, told: told.slice(start.at + 1, at) };
  });
}

function resultText(told: Told): string {
  if (told.kind !== 'result') {
    return '';
  }
  const { callId, rc, status } = told.result;
  return `#${callId} ${rc}/${status}/${pidOf(told.result) ?? ''}`;
}
