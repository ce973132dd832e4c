import { AgentError } from '../errors/agent-error.ts';
import { IPC_FLAG } from '../protocol/ipc-proxy.ts';
import type { Relay, RelaySession } from '../protocol/ipc-relay.ts';
import { readInteger } from '../protocol/values.ts';
import { element, type XmlElement } from '../protocol/xml-tree.ts';

/** The server of the configuration for those who only read [protocol 6.2]. */
const SERVER = 'cib_ro';

/** `cib_sync_call`: the answer comes as a response, not as an event [pcmk cib/cib_types.h]. */
const SYNCHRONOUS = 0x1000;

/** How we are called in the cluster's log. */
const CLIENT_NAME = 'pacemaker-remoted';

/** The daemon runs as root; the cluster puts the node's name in its place all the same [protocol 6.4]. */
const USER = 'root';

/**
 * A session with the cluster's configuration server. The messages are those of the C library's sign-on and of one
 * synchronous operation after it [pcmk cib_native.c, cib_utils.c: cib__create_op].
 */
export class CibSession implements Disposable {
  readonly #session: RelaySession;
  #lastId = 0;
  #waiting: PromiseWithResolvers<XmlElement> | undefined;
  #closed: AgentError | undefined;

  /** @throws AgentError CONNECTION_LOST where no controller is there */
  constructor(relay: Relay) {
    const session = relay.open(SERVER, {
      onResponse: (messageId, message) => this.#answered(messageId, message),
      // We asked for none.
      onEvent: () => undefined,
      onClose: (reason) => this.#fail(lost(`the session with ${SERVER} ended: ${reason}`)),
    });
    if (session === undefined) {
      throw lost('no controller is connected');
    }
    this.#session = session;
  }

  /** @throws AgentError CONNECTION_LOST, MESSAGE_INVALID, REQUEST_REFUSED */
  async signOn(): Promise<void> {
    const reply = await this.#call('register', { cib_clientname: CLIENT_NAME });
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
    this.#session.close();
    this.#fail(lost('it was given up'));
  }

  #call(
    op: string,
    attributes: Readonly<Record<string, string>>,
    children: readonly XmlElement[] = [],
  ): Promise<XmlElement> {
    if (this.#closed !== undefined) {
      return Promise.reject(this.#closed);
    }
    this.#lastId += 1;
    this.#waiting = Promise.withResolvers();
    const command = {
      t: 'cib',
      cib_op: op,
      ...attributes,
      cib_callid: this.#lastId,
      cib_callopt: SYNCHRONOUS,
    };
    this.#session.request({
      messageId: this.#lastId,
      flags: IPC_FLAG.clientResponse,
      user: USER,
      pid: process.pid,
      message: element('cib_command', command, children),
    });
    return this.#waiting.promise;
  }

  #answered(messageId: number, message: XmlElement): void {
    if (messageId === this.#lastId) {
      this.#waiting?.resolve(message);
    }
  }

  #fail(error: AgentError): void {
    this.#closed ??= error;
    this.#waiting?.reject(error);
    // Nobody may be waiting any more.
    this.#waiting?.promise.catch(() => undefined);
  }
}

const lost = (what: string): AgentError =>
  new AgentError('CONNECTION_LOST', `Expected an answer of the cluster, ${what}`, { labels: ['retryable'] });

const invalid = (message: string): AgentError =>
  new AgentError('MESSAGE_INVALID', message, { labels: ['peer-fault'] });
