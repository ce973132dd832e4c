import { AgentError } from '../errors/agent-error.ts';
import { decompress } from '../native/bzip2.ts';
import { readMessage } from '../protocol/xml-message.ts';
import type { XmlElement } from '../protocol/xml-tree.ts';
import { writeXml } from '../protocol/xml-write.ts';
import type { SecureConnection } from '../transport/secure-connection.ts';
import { FrameReader } from '../wire/frame-reader.ts';
import { FrameWriter } from '../wire/frame-writer.ts';

interface PendingRequest {
  /** Called while the reply is being read, so that what the reply announces is known before it comes. */
  resolve(reply: XmlElement): void;
  reject(error: AgentError): void;
}

export interface ChannelHandlers {
  onNotification(message: XmlElement): void;
  onClose(error: AgentError): void;
}

/** Requests and replies over one connection, matched by `lrmd_remote_msg_id` [protocol 3.2]. */
export class Channel {
  readonly #connection: SecureConnection;
  readonly #handlers: ChannelHandlers;
  readonly #reader = new FrameReader(decompress);
  readonly #writer = new FrameWriter();
  readonly #pending = new Map<string, PendingRequest>();
  #lastMessageId = 0;

  constructor(connection: SecureConnection, handlers: ChannelHandlers) {
    this.#connection = connection;
    this.#handlers = handlers;
    connection.onClose = (reason) => this.#closed(reason);
    connection.onData = (chunk) => this.#receive(chunk);
  }

  get isOpen(): boolean {
    return !this.#connection.closed;
  }

  /**
   * Sends what `write` makes of the message id; `onReply` sees the reply.
   * @throws AgentError CONNECTION_LOST, REQUEST_TIMEOUT, ABORTED
   */
  request<T>(
    write: (messageId: number) => XmlElement,
    onReply: (reply: XmlElement) => T,
    signal: AbortSignal,
  ): Promise<T> {
    this.#lastMessageId += 1;
    const id = this.#lastMessageId;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    if (signal.aborted || this.#connection.closed) {
      reject(this.#connection.closed ? lost('The connection is closed') : aborted(signal));
      return promise;
    }
    const onAbort = (): void => settle(() => reject(aborted(signal)));
    const settle = (then: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      this.#pending.delete(String(id));
      then();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#pending.set(String(id), {
      resolve: (reply) =>
        settle(() => {
          try {
            resolve(onReply(reply));
          } catch (error) {
            reject(error);
          }
        }),
      reject: (error) => settle(() => reject(error)),
    });
    try {
      this.send(write(id));
    } catch (error) {
      // A message that is too large never leaves.
      settle(() => reject(error));
    }
    return promise;
  }

  /** Sends a message as it is. */
  send(message: XmlElement): void {
    const { header, payload } = this.#writer.frame(writeXml(message));
    this.#connection.send(header, payload);
  }

  close(): void {
    this.#connection.close('closed by the controller');
  }

  #receive(chunk: Buffer): void {
    try {
      for (const text of this.#reader.read(chunk)) {
        this.#message(readMessage(text.toString('utf8')).root);
      }
    } catch (error) {
      if (!(error instanceof AgentError)) {
        throw error;
      }
      this.#connection.close(error.message);
    }
  }

  #message(message: XmlElement): void {
    const { attributes } = message;
    if (attributes['lrmd_remote_msg_type'] !== 'reply') {
      this.#handlers.onNotification(message);
      return;
    }
    // A reply that nobody waits for any more is late and of no use.
    this.#pending.get(attributes['lrmd_remote_msg_id'] ?? '')?.resolve(message);
  }

  #closed(reason: string): void {
    const error = lost(`The connection to ${this.#connection.peer} ended: ${reason}`);
    for (const request of [...this.#pending.values()]) {
      request.reject(error);
    }
    this.#handlers.onClose(error);
  }
}

const lost = (message: string): AgentError =>
  new AgentError('CONNECTION_LOST', message, { labels: ['retryable'] });

function aborted(signal: AbortSignal): AgentError {
  const isTimeout = signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
  return isTimeout
    ? new AgentError('REQUEST_TIMEOUT', 'Expected a reply in time, none came', { labels: ['retryable'] })
    : new AgentError('ABORTED', 'The request was given up', { cause: signal.reason });
}
