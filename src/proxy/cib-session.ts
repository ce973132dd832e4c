import { AgentError } from '../errors/agent-error.ts';
import type { Relay } from '../protocol/ipc-relay.ts';
import { readInteger } from '../protocol/values.ts';
import { childOf, element, type XmlElement } from '../protocol/xml-tree.ts';
import { type Caller, ClusterSession } from './cluster-session.ts';

/** The two servers of the configuration: for those who only read, and for others [protocol 6.2]. */
export type CibServer = 'cib_ro' | 'cib_rw';

/** Bits of `cib_callopt` [pcmk cib/cib_types.h]. */
export const CIB_OPTION = {
  /** The section is an XPath. */
  xpath: 0x2,
  /** The server that is asked answers by itself. */
  local: 0x100,
  /** The answer comes as a response, not as an event; all of ours have it. */
  synchronous: 0x1000,
  /** Clients aren't told of the change. */
  quiet: 0x10000,
  /** Whatever the quorum. */
  anyQuorum: 0x100000,
} as const;

/** One operation on the configuration or a part of it. */
export interface CibOperation {
  readonly op: string;
  /** Name of a section or, with its bit, an XPath. */
  readonly section?: string;
  readonly data?: XmlElement;
  /** Bits of `CIB_OPTION`. */
  readonly options?: number;
}

/** What came of an operation. */
export interface CibAnswer {
  /** 0, or a negative errno or one of Pacemaker's own numbers. */
  readonly rc: number;
  /** What stands in `cib_calldata`, if anything. */
  readonly data: XmlElement | undefined;
  /** The whole message. */
  readonly reply: XmlElement;
}

/**
 * A session with the cluster's configuration server. The messages are those of the C library's sign-on and of
 * synchronous operations after it [pcmk cib_native.c, cib_utils.c: cib__create_op].
 */
export class CibSession implements Disposable {
  readonly #session: ClusterSession;
  #lastCallId = 0;

  /** @throws AgentError CONNECTION_LOST where no controller is there */
  constructor(relay: Relay, server: CibServer, caller: Caller) {
    this.#session = new ClusterSession(relay, server, caller);
  }

  /**
   * `clientName` is how we are called in the cluster's log.
   * @throws AgentError CONNECTION_LOST, MESSAGE_INVALID
   */
  async signOn(clientName: string): Promise<void> {
    const reply = await this.#call({ cib_op: 'register', cib_clientname: clientName });
    if (reply.attributes['cib_op'] !== 'register' || reply.attributes['cib_clientid'] === undefined) {
      throw invalid(`Expected cib_op="register" with cib_clientid, got <${reply.name}>`);
    }
  }

  /**
   * One operation that must succeed; gives the whole answer.
   * @throws AgentError CONNECTION_LOST, MESSAGE_INVALID, REQUEST_REFUSED
   */
  async ask(op: string, data: XmlElement): Promise<XmlElement> {
    const { rc, reply } = await this.perform({ op, data });
    if (rc !== 0) {
      throw new AgentError('REQUEST_REFUSED', `Expected ${op} to be answered, the cluster said ${rc}`);
    }
    return reply;
  }

  /**
   * One operation, whatever comes of it.
   * @throws AgentError CONNECTION_LOST, MESSAGE_INVALID
   */
  async perform({ op, section, data, options = 0 }: CibOperation): Promise<CibAnswer> {
    const children = data === undefined ? [] : [element('cib_calldata', {}, [data])];
    const reply = await this.#call({ cib_op: op, cib_section: section }, children, options);
    const text = reply.attributes['cib_rc'];
    const rc = text === undefined ? undefined : readInteger(text);
    if (rc === undefined) {
      throw invalid(`Expected an answer to ${op} with cib_rc, got <${reply.name}>`);
    }
    return { rc, data: childOf(reply, 'cib_calldata')?.children[0], reply };
  }

  /** Ends it; who waits for an answer gets an error. */
  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]();
  }

  #call(
    attributes: Readonly<Record<string, string | undefined>>,
    children: readonly XmlElement[] = [],
    options = 0,
  ): Promise<XmlElement> {
    this.#lastCallId += 1;
    const command = {
      t: 'cib',
      ...attributes,
      cib_callid: this.#lastCallId,
      cib_callopt: CIB_OPTION.synchronous | options,
    };
    return this.#session.request(element('cib_command', command, children));
  }
}

const invalid = (message: string): AgentError =>
  new AgentError('MESSAGE_INVALID', message, { labels: ['peer-fault'] });
