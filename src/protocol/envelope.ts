import { ELEMENT } from './names.ts';
import { nonEmpty, readInteger } from './values.ts';
import { element, findFirst, type XmlElement } from './xml-tree.ts';

/** What is around every request [protocol 3.2]. */
export interface Envelope {
  readonly op: string;
  /** The peer's own counter, given back in the reply. */
  readonly messageId: string;
  readonly callOptions: number;
  /** Names the peer; in practice only a register request carries it. */
  readonly clientName?: string;
  readonly root: XmlElement;
}

/**
 * A request, or undefined for what is none: neither `t="lrmd"` nor a proxy message, a reply or notification, or
 * without an operation. Such messages are dropped [protocol 2.4].
 */
export function readEnvelope(root: XmlElement): Envelope | undefined {
  const { attributes } = root;
  const isOurs = attributes['t'] === 'lrmd' || root.name === ELEMENT.proxy;
  const op = nonEmpty(attributes['lrmd_op']);
  const type = attributes['lrmd_remote_msg_type'] ?? 'request';
  if (!isOurs || op === undefined || type !== 'request') {
    return undefined;
  }
  const clientName = nonEmpty(attributes['lrmd_clientname']);
  return {
    op,
    messageId: attributes['lrmd_remote_msg_id'] ?? '0',
    callOptions: readInteger(attributes['lrmd_callopt']) ?? 0,
    root,
    ...(clientName === undefined ? {} : { clientName }),
  };
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** A request as our client sends it. */
export function writeRequest(
  op: string,
  messageId: number,
  fields: Attributes,
  callData: readonly XmlElement[] = [],
): XmlElement {
  const data = callData.length === 0 ? [] : [element(ELEMENT.callData, {}, callData)];
  const envelope = { lrmd_remote_msg_id: messageId, lrmd_remote_msg_type: 'request' };
  return element(ELEMENT.command, { t: 'lrmd', lrmd_op: op, ...fields, ...envelope }, data);
}

/** The answer to a request. `callId` is the number the server gave the request [protocol 3.5]. */
export function writeReply(
  request: Envelope,
  callId: number,
  rc: number,
  fields: Attributes = {},
  children: readonly XmlElement[] = [],
): XmlElement {
  const base = { lrmd_origin: 'bundlet', lrmd_rc: rc, lrmd_callid: callId };
  const envelope = { lrmd_remote_msg_id: request.messageId, lrmd_remote_msg_type: 'reply' };
  return element(ELEMENT.reply, { ...base, ...fields, ...envelope }, children);
}

/** A message that answers nothing. */
export function writeNotification(fields: Attributes, children: readonly XmlElement[] = []): XmlElement {
  const envelope = { lrmd_remote_msg_id: 0, lrmd_remote_msg_type: 'notify' };
  return element(ELEMENT.notify, { lrmd_origin: 'bundlet', ...fields, ...envelope }, children);
}

/** The resource that a request is about: the first `lrmd_rsc` anywhere in it, as the C daemon finds it. */
export function rscOf(request: Envelope): XmlElement | undefined {
  return findFirst(request.root, ELEMENT.rsc);
}
