import type { Completion } from '../../../src/client/index.ts';
import type { Asked, History, Run, Stream } from './history.ts';
import type { Meaning, Operation } from './operations.ts';

/** Gives a line for each fault that it finds; one that begins with `lost` may only be late. */
export type Rule = (history: History, meaning: Meaning) => string[];

/** The status of a cancelled operation [protocol 5.11]. */
export const CANCELLED = 1;
export const TIMED_OUT = 2;

/** A result with its place in a stream. */
export interface Placed {
  readonly at: number;
  readonly result: Completion;
}

export function resultsIn(stream: Stream): Placed[] {
  return stream.told.flatMap((told, at) => (told.kind === 'result' ? [{ at, result: told.result }] : []));
}

/** Results of one operation in a stream. */
export function resultsOf(operation: Operation, stream: Stream): Placed[] {
  return resultsIn(stream).filter(({ result }) =>
    operation.execs.some(({ callId }) => callId === result.callId),
  );
}

/** Where the reply to a request is; undefined in the streams of others. */
export function replyAt(stream: Stream, callId: number): number | undefined {
  const at = stream.told.findIndex((told) => told.kind === 'reply' && told.callId === callId);
  return at === -1 ? undefined : at;
}

/** Where a connection first hears of a request: by its own reply, or by the notification to everybody. */
export function tellingAt(stream: Stream, callId: number): number | undefined {
  const at = stream.told.findIndex(
    (told) => (told.kind === 'reply' || told.kind === 'common') && told.callId === callId,
  );
  return at === -1 ? undefined : at;
}

/** Whether the connection is told of the operation at all [protocol 5.16]. */
export function isFor(operation: Operation, stream: Stream): boolean {
  return !operation.first.origOnly || operation.first.controller === stream.controller;
}

/** Whether whatever happens from a request on must be in the stream. */
export function coversFrom(stream: Stream, callId: number): boolean {
  return stream.isOpen && stream.callId < callId;
}

/** The agent tells its process and its tag in its output. */
export function pidOf(result: Completion): number | undefined {
  const pid = /^ran \S+ (\d+)$/m.exec(result.output ?? '')?.[1];
  return pid === undefined ? undefined : Number(pid);
}

export function runsOf(operation: Operation, runs: readonly Run[]): Run[] {
  return runs.filter(({ rscId, tag }) => rscId === operation.first.rscId && tag === operation.first.tag);
}

export function describe(request: Asked): string {
  const { callId, controller, what, rc } = request;
  const subject = 'rscId' in request ? ` ${request.rscId}` : '';
  const key = 'action' in request ? ` ${request.action} ${request.intervalMs}` : '';
  const tag = request.what === 'exec' ? ` ${request.tag} (${request.behaviour})` : '';
  return `#${callId} ${controller} ${what}${subject}${key}${tag} → ${rc}`;
}

export function describeResult(stream: Stream, { result }: Placed): string {
  const { callId, rscId, action, intervalMs, rc, status } = result;
  const pid = pidOf(result);
  return (
    `${stream.controller} was told #${callId} ${rscId} ${action} ${intervalMs} rc ${rc} status ${status}` +
    (pid === undefined ? '' : ` of process ${pid}`)
  );
}

export function describeRun({ rscId, pid, tag, action, intervalMs, startMs, end }: Run): string {
  const ended = end === undefined ? 'no end' : `${end.ms} with ${end.status}`;
  return `${rscId} ${action} ${intervalMs} ${tag} process ${pid}, ${startMs} to ${ended}`;
}
