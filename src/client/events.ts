import { type Completion, readCompletion } from '../protocol/completion.ts';
import { type ProxyNotifyFields, readProxy } from '../protocol/ipc-proxy.ts';
import { ELEMENT, OP } from '../protocol/names.ts';
import { readInteger } from '../protocol/values.ts';
import type { XmlElement } from '../protocol/xml-tree.ts';

/** What a daemon tells its controllers unasked. */
export type ClientEvent =
  /** The result of an operation, anybody's unless it was asked for with `origOnly`. */
  | { readonly type: 'result'; readonly result: Completion }
  | {
      readonly type: 'registered' | 'unregistered';
      readonly rscId: string;
      readonly callId: number;
      readonly rc: number;
    }
  /** Answer to somebody's poke: the daemon is alive. */
  | { readonly type: 'poke'; readonly callId: number }
  /** Another controller connected. */
  | { readonly type: 'new-client' }
  /** For a provider: something of a local client, or `shutdown_req`: the daemon wants to end [protocol 6.4]. */
  | { readonly type: 'proxy'; readonly proxy: ProxyNotifyFields }
  /** A message that this version of the library doesn't know, as it came. */
  | { readonly type: 'other'; readonly message: XmlElement };

/** Decodes a notification. */
export function readEvent(message: XmlElement): ClientEvent {
  if (message.name === ELEMENT.proxy) {
    return { type: 'proxy', proxy: readProxy(message) };
  }
  const { attributes } = message;
  const callId = readInteger(attributes['lrmd_callid']) ?? 0;
  const rscId = attributes['lrmd_rsc_id'] ?? '';
  const rc = readInteger(attributes['lrmd_rc']) ?? 0;
  switch (attributes['lrmd_op']) {
    case OP.rscExec:
      return { type: 'result', result: readCompletion(message) };
    case OP.rscRegister:
      return { type: 'registered', rscId, callId, rc };
    case OP.rscUnregister:
      return { type: 'unregistered', rscId, callId, rc };
    case OP.poke:
      return { type: 'poke', callId };
    case OP.newClient:
      return { type: 'new-client' };
    default:
      return { type: 'other', message };
  }
}
