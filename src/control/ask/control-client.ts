import { EventQueue } from '../../client/event-queue.ts';
import { AgentError } from '../../errors/agent-error.ts';
import type { ErrorCode } from '../../errors/codes.ts';
import { ERROR_CODES } from '../../errors/codes.ts';
import { decodeResponse, encodeRequest } from '../codec.ts';
import type { ControlEvent, OneOf, RequestBodies, Response, ResponseBodies, WatchRequest } from '../model.ts';
import type { Carrier, CarrierHandlers } from './carrier.ts';

/** Questions with one answer of the same name. */
export type Question = Exclude<keyof RequestBodies, 'watch' | 'end'>;

interface Pending {
  answer(response: Response): void;
  fail(error: AgentError): void;
}

/** Asks a daemon about itself, by whatever carries messages to it. */
export class ControlClient {
  /** Set before anybody has the client. */
  #carrier!: Carrier;
  readonly #pending = new Map<number, Pending>();
  #lost: AgentError | undefined;
  #lastId = 0;

  /** `connect` makes the carrier, and rejects where it can't. */
  static async over(connect: (handlers: CarrierHandlers) => Promise<Carrier>): Promise<ControlClient> {
    const client = new ControlClient();
    client.#carrier = await connect({
      onMessage: (message) => client.#receive(message),
      onClose: (error) => client.#closed(error),
    });
    return client;
  }

  private constructor() {
    // Made by `over`.
  }

  /**
   * Asks, and gives the answer.
   * @throws AgentError what the daemon says, such as NO_SUCH_RESOURCE; ABORTED, REQUEST_TIMEOUT, DAEMON_UNREACHABLE,
   *   CONNECTION_LOST, NOT_SUPPORTED
   */
  ask<Name extends Question>(
    name: Name,
    body: RequestBodies[Name],
    signal: AbortSignal,
  ): Promise<ResponseBodies[Name]> {
    const { promise, resolve, reject } = Promise.withResolvers<ResponseBodies[Name]>();
    const content = { kind: name, body } as unknown as OneOf<RequestBodies>;
    const id = this.#begin(content, {
      answer: ({ content: answer }) =>
        answer?.kind === name ? resolve(answer.body as ResponseBodies[Name]) : reject(strange(answer?.kind)),
      fail: reject,
    });
    const onAbort = (): void => {
      this.#pending.delete(id);
      reject(aborted(signal));
    };
    if (signal.aborted) {
      onAbort();
    }
    signal.addEventListener('abort', onAbort, { once: true });
    return promise.finally(() => signal.removeEventListener('abort', onAbort));
  }

  /** Events as they come; ends with the backlog unless it is to follow, by `break`, or by `signal`. */
  async *watch(request: WatchRequest, signal: AbortSignal): AsyncGenerator<ControlEvent> {
    const queue = new EventQueue<ControlEvent>();
    let failure: AgentError | undefined;
    const id = this.#begin(
      { kind: 'watch', body: request },
      {
        answer: ({ content, last }) => {
          if (content?.kind === 'event') {
            queue.push(content.body);
          }
          if (last) {
            queue.end();
          }
        },
        fail: (error) => {
          failure = error;
          queue.end();
        },
      },
    );
    const onAbort = (): void => queue.end();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      if (!signal.aborted) {
        yield* queue;
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      if (this.#pending.delete(id) && this.#lost === undefined) {
        this.#carrier.send(encodeRequest({ id, content: { kind: 'end', body: {} } }));
      }
    }
    if (failure !== undefined) {
      throw failure;
    }
  }

  close(): void {
    this.#carrier.close();
  }

  #begin(content: OneOf<RequestBodies>, pending: Pending): number {
    this.#lastId += 1;
    const id = this.#lastId;
    if (this.#lost !== undefined) {
      pending.fail(this.#lost);
      return id;
    }
    this.#pending.set(id, pending);
    this.#carrier.send(encodeRequest({ id, content }));
    return id;
  }

  #receive(message: Buffer): void {
    const response = decodeResponse(message);
    const pending = this.#pending.get(response.id);
    if (response.last) {
      this.#pending.delete(response.id);
    }
    if (response.content?.kind === 'failure') {
      const { code, message: text } = response.content.body;
      // A newer daemon may have words that we don't know.
      const known: ErrorCode = code in ERROR_CODES ? (code as ErrorCode) : 'REQUEST_REFUSED';
      pending?.fail(new AgentError(known, text));
      return;
    }
    pending?.answer(response);
  }

  #closed(error: AgentError): void {
    this.#lost = error;
    for (const pending of [...this.#pending.values()]) {
      pending.fail(error);
    }
    this.#pending.clear();
  }
}

const strange = (kind: string | undefined): AgentError =>
  new AgentError(
    'MESSAGE_INVALID',
    `Expected an answer to what was asked, got ${kind ?? 'one of a newer daemon'}`,
  );

function aborted(signal: AbortSignal): AgentError {
  const isTimeout = signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
  return isTimeout
    ? new AgentError('REQUEST_TIMEOUT', 'Expected the daemon to answer in time, it did not', {
        labels: ['retryable'],
      })
    : new AgentError('ABORTED', 'The question was given up', { cause: signal.reason });
}
