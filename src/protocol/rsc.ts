import { type Envelope, rscOf, writeNotification, writeReply } from './envelope.ts';
import { ELEMENT, RC } from './names.ts';
import { nonEmpty, readInteger } from './values.ts';
import { element, type XmlElement } from './xml-tree.ts';

/** A resource and its agent as they stand in messages. */
export interface RscFields {
  readonly id: string;
  readonly class: string;
  readonly provider?: string;
  readonly type: string;
}

/** Registration data; the C daemon takes any, errors come when something is executed [protocol 4.2]. */
export function readRsc(request: Envelope): RscFields | undefined {
  const attributes = rscOf(request)?.attributes;
  const id = nonEmpty(attributes?.['lrmd_rsc_id']);
  if (attributes === undefined || id === undefined) {
    return undefined;
  }
  const provider = nonEmpty(attributes['lrmd_provider']);
  return {
    id,
    class: attributes['lrmd_class'] ?? '',
    type: attributes['lrmd_type'] ?? '',
    ...(provider === undefined ? {} : { provider }),
  };
}

/** Only the id, for requests that need no more. */
export function readRscId(request: Envelope): string | undefined {
  return nonEmpty(rscOf(request)?.attributes['lrmd_rsc_id']);
}

/** Attributes of a resource, for an `lrmd_rsc` element or an info reply. */
export function rscAttributes(rsc: RscFields): Record<string, string | undefined> {
  return { lrmd_rsc_id: rsc.id, lrmd_class: rsc.class, lrmd_provider: rsc.provider, lrmd_type: rsc.type };
}

export function writeRscInfo(request: Envelope, callId: number, rsc: RscFields): XmlElement {
  return writeReply(request, callId, RC.ok, rscAttributes(rsc));
}

/** Reads what `writeRscInfo` wrote. */
export function readRscInfo(reply: XmlElement): RscFields | undefined {
  const { attributes } = reply;
  const id = nonEmpty(attributes['lrmd_rsc_id']);
  const provider = nonEmpty(attributes['lrmd_provider']);
  if (id === undefined) {
    return undefined;
  }
  return {
    id,
    class: attributes['lrmd_class'] ?? '',
    type: attributes['lrmd_type'] ?? '',
    ...(provider === undefined ? {} : { provider }),
  };
}

/** Tells every controller that a resource was registered, unregistered, or that the daemon was poked. */
export function writeGenericNotification(
  op: string,
  callId: number,
  rc: number,
  rscId: string | undefined,
): XmlElement {
  return writeNotification({ lrmd_rc: rc, lrmd_callid: callId, lrmd_op: op, lrmd_rsc_id: rscId });
}

/** What names an operation: to cancel it, or in a list of recurring ones. */
export interface OperationKey {
  readonly rscId: string;
  readonly action: string;
  readonly intervalMs: number;
}

/** @returns undefined when the id or the action is missing, or the interval is no number [protocol 4.6]. */
export function readCancel(request: Envelope): OperationKey | undefined {
  const attributes = rscOf(request)?.attributes;
  const rscId = nonEmpty(attributes?.['lrmd_rsc_id']);
  const action = nonEmpty(attributes?.['lrmd_rsc_action']);
  const intervalMs = readInteger(attributes?.['lrmd_rsc_interval']);
  if (rscId === undefined || action === undefined || intervalMs === undefined) {
    return undefined;
  }
  return { rscId, action, intervalMs };
}

export function cancelAttributes(key: OperationKey): Record<string, string | number> {
  return { lrmd_rsc_action: key.action, lrmd_rsc_id: key.rscId, lrmd_rsc_interval: key.intervalMs };
}

/** A recurring operation in the answer to `lrmd_get_recurring` [protocol 4.7]. */
export interface RecurringFields {
  readonly action: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

export function writeRecurring(rscId: string, operations: readonly RecurringFields[]): XmlElement {
  const children = operations.map((op) =>
    element(ELEMENT.rscOp, {
      lrmd_rsc_action: op.action,
      lrmd_rsc_interval: op.intervalMs,
      lrmd_timeout: op.timeoutMs,
    }),
  );
  return element(ELEMENT.rsc, { lrmd_rsc_id: rscId }, children);
}

/** Reads what `writeRecurring` wrote. */
export function readRecurring(reply: XmlElement): (OperationKey & RecurringFields)[] {
  return reply.children
    .filter((child) => child.name === ELEMENT.rsc)
    .flatMap((rsc) =>
      rsc.children.map((op) => ({
        rscId: rsc.attributes['lrmd_rsc_id'] ?? '',
        action: op.attributes['lrmd_rsc_action'] ?? '',
        intervalMs: readInteger(op.attributes['lrmd_rsc_interval']) ?? 0,
        timeoutMs: readInteger(op.attributes['lrmd_timeout']) ?? 0,
      })),
    );
}
