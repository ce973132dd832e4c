import { AgentError } from '../errors/agent-error.ts';
import type { Relay } from '../protocol/ipc-relay.ts';
import { readInteger } from '../protocol/values.ts';
import { element, type XmlElement } from '../protocol/xml-tree.ts';
import { type Caller, ClusterSession } from './cluster-session.ts';

/** The two servers of the configuration: for those who only read, and for others [protocol 6.2]. */
export type CibServer = 'cib_ro' | 'cib_rw';

/** `cib_sync_call`: the answer comes as a response, not as an event [pcmk cib/cib_types.h]. */
const SYNCHRONOUS = 0x1000;

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
    const reply = await this.#call('register', { cib_clientname: clientName });
    if (reply.attributes['cib_op'] !== 'register' || reply.attributes['cib_clientid'] === undefined) {
      throw invalid(`Expected cib_op="register" with cib_clientid, got <${reply.name}>`);
    }
  }

  /**
   * One operation; gives the whole answer.
   * @throws AgentError CONNECTION_LOST, MESSAGE_INVALID, REQUEST_REFUSED
   */
  async ask(op: string, data: XmlElement): Promise<XmlElement> {
    const reply = await this.#call(op, {}, [element('cib_calldata', {}, [data])]);
    const rc = reply.attributes['cib_rc'];
    if (rc === undefined) {
      throw invalid(`Expected an answer to ${op} with cib_rc, got <${reply.name}>`);
    }
    if (readInteger(rc) !== 0) {
      throw new AgentError('REQUEST_REFUSED', `Expected ${op} to be answered, the cluster said ${rc}`);
    }
    return reply;
  }

  /** Ends it; who waits for an answer gets an error. */
  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]();
  }

  #call(
    op: string,
    attributes: Readonly<Record<string, string>>,
    children: readonly XmlElement[] = [],
  ): Promise<XmlElement> {
    this.#lastCallId += 1;
    const command = {
      t: 'cib',
      cib_op: op,
      ...attributes,
      cib_callid: this.#lastCallId,
      cib_callopt: SYNCHRONOUS,
    };
    return this.#session.request(element('cib_command', command, children));
  }
}

const invalid = (message: string): AgentError =>
  new AgentError('MESSAGE_INVALID', message, { labels: ['peer-fault'] });
