import { randomUUID } from 'node:crypto';
import { type Answer, acknowledge, event, response, type Server, type ServerRequest } from './server.ts';
import { elementText } from './xml.ts';

/** `st_opt_sync_call` [pcmk crm/stonith-ng.h]. */
const SYNCHRONOUS = 0x1000;

const NOT_SUPPORTED = -95;

/** What the fencer knows, by operation: nothing happened, there are no devices. */
const DATA: Readonly<Record<string, string>> = {
  st_fence_history: '<st_history/>',
  st_query: '<st_device_list st-available-devices="0"/>',
};

/** The fencer of a cluster that has never fenced. */
export class FencerServer implements Server {
  handle({ message, isWaiting }: ServerRequest): readonly Answer[] {
    const op = message.getAttribute('st_op') ?? '';
    if (op === 'register') {
      return [response(elementText('stonith_register', { st_op: op, st_clientid: randomUUID() }))];
    }
    if (op === 'st_notify') {
      return isWaiting ? [acknowledge()] : [];
    }
    const options = Number(message.getAttribute('st_callopt') ?? 0);
    const data = DATA[op];
    const rc = data === undefined ? NOT_SUPPORTED : 0;
    const attributes = {
      t: 'stonith-ng',
      subt: 'st-reply',
      st_op: op,
      st_callid: message.getAttribute('st_callid') ?? '0',
      st_clientid: message.getAttribute('st_clientid') ?? undefined,
      st_callopt: options,
      st_rc: rc,
      'rc-code': rc === 0 ? 0 : 3,
    };
    const reply = elementText(
      'st-reply',
      attributes,
      data === undefined ? '' : elementText('st_calldata', {}, data),
    );
    return [(options & SYNCHRONOUS) !== 0 ? response(reply) : event(reply)];
  }
}
