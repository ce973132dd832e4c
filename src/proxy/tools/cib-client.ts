import { constants } from 'node:os';
import { AgentError } from '../../errors/agent-error.ts';
import type { XmlElement } from '../../protocol/xml-tree.ts';
import { CIB_OPTION, type CibAnswer, type CibOperation, CibSession } from '../cib-session.ts';
import { outcomeOf } from './outcome.ts';
import { ECOMM, errorText, exitCodeOf, TOOL_EXIT } from './result.ts';
import type { ToolCall, ToolContext } from './tool.ts';

/** So long the C library waits for the configuration server, in ms [local-ipc 5.5]. */
const ANSWER_MS = 120_000;

const { errno } = constants;

/** Says nothing about the change itself, which was made [pcmk cib_client.c]. */
const DIFF_RESYNC = -207;

/** Results of Pacemaker's own: what tools call the number, how they end, what it means [pcmk results.c]. */
const OWN_RESULTS: ReadonlyMap<number, readonly [number: number, exitCode: number, meaning: string]> =
  new Map([
    [201, [1001, TOOL_EXIT.error, 'Error']],
    [202, [1017, TOOL_EXIT.quorum, 'Operation requires quorum']],
    [203, [1016, TOOL_EXIT.config, 'Update does not conform to the configured schema']],
    [204, [1014, TOOL_EXIT.config, 'Schema transform failed']],
    [205, [1013, TOOL_EXIT.older, 'Update was older than existing configuration']],
    [206, [1012, TOOL_EXIT.error, 'Application of update diff failed']],
  ]);

/** The configuration server did not do what it was asked for. The message is the text of the error number. */
export class CibFailure extends Error {
  /** With which code a tool ends that can't go on. */
  readonly exitCode: number;
  /** As a tool tells it that knows Pacemaker's own numbers too. */
  readonly meaning: string;
  /** What was asked for isn't there. */
  readonly isMissing: boolean;

  /** @param rc negative errno, or one of Pacemaker's own numbers */
  constructor(rc: number) {
    const [number, exitCode, meaning] = OWN_RESULTS.get(-rc) ?? [-rc, exitCodeOf(-rc), errorText(-rc)];
    super(OWN_RESULTS.has(-rc) ? `Unknown error ${number}` : meaning);
    this.exitCode = exitCode;
    this.meaning = meaning;
    this.isMissing = -rc === errno.ENXIO;
  }
}

/** A session with the cluster's configuration server, for one tool. */
export class CibClient implements Disposable {
  readonly #session: CibSession;
  readonly #context: ToolContext;

  /** Signs on. An error number (positive) where that fails. */
  static async open(call: ToolCall, context: ToolContext): Promise<CibClient | number> {
    let session: CibSession;
    try {
      session = new CibSession(context.relay, 'cib_rw', call);
    } catch (error) {
      if (error instanceof AgentError && error.code === 'CONNECTION_LOST') {
        return errno.ENOTCONN;
      }
      throw error;
    }
    const signedOn = await outcomeOf(session.signOn(call.name), context, ANSWER_MS);
    if (signedOn.kind === 'failed') {
      session[Symbol.dispose]();
      return signedOn.errno;
    }
    return new CibClient(session, context);
  }

  private constructor(session: CibSession, context: ToolContext) {
    this.#session = session;
    this.#context = context;
  }

  /** The elements that an XPath selects, in their order. @throws CibFailure */
  async find(xpath: string): Promise<readonly XmlElement[]> {
    const options = CIB_OPTION.xpath | CIB_OPTION.local;
    const { rc, data } = await this.#perform({ op: 'cib_query', section: xpath, options });
    if (rc === -errno.ENXIO || data === undefined) {
      return [];
    }
    // Several come in an element of their own [pcmk cib_ops.c: cib_process_xpath].
    return data.name === 'xpath-query' ? data.children : [data];
  }

  /** Merges or takes away, whatever the quorum. @throws CibFailure */
  async change(operation: CibOperation): Promise<void> {
    const options = CIB_OPTION.anyQuorum | (operation.options ?? 0);
    const { rc } = await this.#perform({ ...operation, options });
    if (rc === -errno.ENXIO) {
      throw new CibFailure(rc);
    }
  }

  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]();
  }

  /** What is not there is for the caller to judge. */
  async #perform(operation: CibOperation): Promise<CibAnswer> {
    const outcome = await outcomeOf(this.#session.perform(operation), this.#context, ANSWER_MS);
    if (outcome.kind === 'failed') {
      // What can't be read is told apart from what never came, as in the C library [pcmk cib_native.c].
      throw new CibFailure(-(outcome.errno === errno.EPROTO ? errno.ENOMSG : ECOMM));
    }
    const { rc } = outcome.answer;
    if (rc < 0 && rc !== DIFF_RESYNC && rc !== -errno.ENXIO) {
      throw new CibFailure(rc);
    }
    return outcome.answer;
  }
}
