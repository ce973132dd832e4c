import { randomUUID } from 'node:crypto';
import type { Element } from '@xmldom/xmldom';
import { CIB_RC, type Cib, type CibTarget } from './cib.ts';
import { type Answer, acknowledge, event, response, type Server, type ServerRequest } from './server.ts';
import { childElements, childNamed, elementText, writeNode } from './xml.ts';

/** Bits of `cib_callopt` [pcmk crm/cib/cib_types.h]. */
const CALL_OPTION = { xpath: 0x2, discardReply: 0x10, noChildren: 0x20, sync: 0x1000 } as const;

interface Outcome {
  readonly rc: number;
  /** What stands in `cib_calldata`. */
  readonly data?: string;
}

/** The manager of the configuration, for `cib_ro` and `cib_rw`. */
export class CibServer implements Server {
  readonly #cib: Cib;

  constructor(cib: Cib) {
    this.#cib = cib;
  }

  handle({ message, isWaiting }: ServerRequest): readonly Answer[] {
    const op = message.getAttribute('cib_op') ?? '';
    if (op === 'register') {
      return [response(elementText('cib_register', { cib_op: op, cib_clientid: randomUUID() }))];
    }
    if (op === 'cib_notify') {
      return isWaiting ? [acknowledge()] : [];
    }
    const options = Number(message.getAttribute('cib_callopt') ?? 0);
    if ((options & CALL_OPTION.discardReply) !== 0) {
      this.#perform(op, message, options);
      return isWaiting ? [acknowledge()] : [];
    }
    const { rc, data } = this.#perform(op, message, options);
    const attributes = {
      t: 'cib',
      cib_op: op,
      cib_callid: message.getAttribute('cib_callid') ?? '0',
      cib_clientid: message.getAttribute('cib_clientid') ?? undefined,
      cib_callopt: options,
      cib_rc: rc,
    };
    const content = data === undefined ? '' : elementText('cib_calldata', {}, data);
    const reply = elementText('cib-reply', attributes, content);
    // A synchronous call is answered by a response, any other by an event [local-ipc 6.2].
    return [(options & CALL_OPTION.sync) !== 0 ? response(reply) : event(reply)];
  }

  #perform(op: string, message: Element, options: number): Outcome {
    const target: CibTarget = {
      section: message.getAttribute('cib_section') ?? undefined,
      isXPath: (options & CALL_OPTION.xpath) !== 0,
    };
    const calldata = childNamed(message, 'cib_calldata');
    const [data] = calldata === undefined ? [] : childElements(calldata);
    if (op === 'cib_query') {
      return this.#query(target, (options & CALL_OPTION.noChildren) !== 0);
    }
    if (op === 'cib_bump') {
      return { rc: this.#cib.bump('epoch') };
    }
    if (op === 'cib_delete') {
      return { rc: this.#cib.delete(target, data) };
    }
    if (data === undefined) {
      return { rc: CIB_RC.invalid };
    }
    switch (op) {
      case 'cib_modify':
        return { rc: this.#cib.modify(target, data) };
      case 'cib_create':
        return { rc: this.#cib.create(target, data) };
      case 'cib_replace':
        return { rc: this.#cib.replace(target, data) };
      default:
        return { rc: CIB_RC.notSupported };
    }
  }

  #query(target: CibTarget, isShallow: boolean): Outcome {
    if (target.section === undefined && !isShallow) {
      return { rc: CIB_RC.ok, data: this.#cib.text };
    }
    const found = this.#cib.find(target).map((element) => (isShallow ? element.cloneNode(false) : element));
    const [first] = found;
    if (first === undefined) {
      return { rc: CIB_RC.notFound };
    }
    // Several come in an element of their own [pcmk cib_ops.c: cib_process_xpath].
    const data =
      found.length === 1 ? writeNode(first) : elementText('xpath-query', {}, found.map(writeNode).join(''));
    return { rc: CIB_RC.ok, data };
  }
}
