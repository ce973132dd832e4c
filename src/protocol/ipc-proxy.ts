import { ELEMENT, OP } from './names.ts';
import { nonEmpty, readInteger } from './values.ts';
import { childOf, element, type XmlElement } from './xml-tree.ts';
import { writeXml } from './xml-write.ts';

/** Values of `lrmd_ipc_op`: what a message about local clients is for [protocol 6.4]. */
export const IPC_OP = {
  new: 'new',
  request: 'request',
  response: 'response',
  event: 'event',
  destroy: 'destroy',
  shutdownRequest: 'shutdown_req',
  shutdownAck: 'shutdown_ack',
  shutdownNack: 'shutdown_nack',
} as const;

/** `shutdown_req` belongs to no session, but controllers take no message without one [protocol 3.10]. */
export const NO_SESSION = '0';

/** Bits of `lrmd_ipc_msg_flags` that we set [protocol 6.6]. */
export const IPC_FLAG = { proxied: 0x100, clientResponse: 0x200 } as const;

/** What both directions have in common. */
export interface ProxyFields {
  readonly op: string;
  /** The local client's session; absent in the answers to a shutdown request. */
  readonly session?: string;
  /** Number of the local client's request. */
  readonly messageId?: number;
  /** The message of or for the local client: one XML element as its sender wrote it. */
  readonly message?: string;
}

/** What only requests and new sessions carry. */
export interface ProxyNotifyFields extends ProxyFields {
  /** Which of the cluster's servers is meant, such as `cib_ro`. */
  readonly server?: string;
  readonly client?: string;
  readonly user?: string;
  readonly flags?: number;
}

/** Daemon → controller: sent like a notification, to one provider. */
export function writeProxyNotify(fields: ProxyNotifyFields): XmlElement {
  const notify = {
    lrmd_ipc_op: fields.op,
    lrmd_ipc_server: fields.server,
    lrmd_ipc_session: fields.session,
    lrmd_ipc_client: fields.client,
    lrmd_ipc_user: fields.user,
    lrmd_ipc_msg_id: fields.messageId,
    lrmd_ipc_msg_flags: fields.flags,
    lrmd_remote_msg_id: 0,
    lrmd_remote_msg_type: 'notify',
  };
  return element(ELEMENT.proxy, notify, wrap(fields.message));
}

/** Controller → daemon: a request `ipc_fwd`. */
export function writeForward(fields: ProxyFields, messageId: number): XmlElement {
  const forward = {
    lrmd_ipc_op: fields.op,
    lrmd_ipc_session: fields.session,
    lrmd_ipc_msg_id: fields.messageId,
    lrmd_op: OP.ipcForward,
    lrmd_remote_msg_id: messageId,
    lrmd_remote_msg_type: 'request',
  };
  return element(ELEMENT.proxy, forward, wrap(fields.message));
}

/** Reads a message of either direction. Operations are compared without case [pcmk remoted_proxy.c]. */
export function readProxy(root: XmlElement): ProxyNotifyFields {
  const { attributes } = root;
  const optional = {
    server: nonEmpty(attributes['lrmd_ipc_server']),
    session: nonEmpty(attributes['lrmd_ipc_session']),
    client: nonEmpty(attributes['lrmd_ipc_client']),
    user: nonEmpty(attributes['lrmd_ipc_user']),
    messageId: optionalInteger(attributes['lrmd_ipc_msg_id']),
    flags: optionalInteger(attributes['lrmd_ipc_msg_flags']),
    message: insideOf(childOf(root, ELEMENT.proxyMessage)),
  };
  const present = Object.entries(optional).filter(([, value]) => value !== undefined);
  return { op: (attributes['lrmd_ipc_op'] ?? '').toLowerCase(), ...Object.fromEntries(present) };
}

const wrap = (message: string | undefined): XmlElement[] =>
  message === undefined ? [] : [{ ...element(ELEMENT.proxyMessage), raw: message }];

/** A wrapper that `readMessage` did not recognise was read with all the rest. */
function insideOf(wrapper: XmlElement | undefined): string | undefined {
  const [first] = wrapper?.children ?? [];
  return nonEmpty(wrapper?.raw ?? (first === undefined ? undefined : writeXml(first)));
}

const optionalInteger = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : readInteger(text);
