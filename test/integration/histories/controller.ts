// One connection that writes down what it asks and what it is told. It is made of our library's channel, which hands
// out replies and notifications while they are read: so their order is the daemon's.

import { Channel } from '../../../src/client/channel.ts';
import { readEvent } from '../../../src/client/events.ts';
import type { Secret } from '../../../src/client/index.ts';
import { writeRequest } from '../../../src/protocol/envelope.ts';
import { OP } from '../../../src/protocol/names.ts';
import { writeRegister } from '../../../src/protocol/register.ts';
import { readInteger } from '../../../src/protocol/values.ts';
import type { XmlElement } from '../../../src/protocol/xml-tree.ts';
import { connect } from '../../../src/transport/tls-client.ts';
import type { Asked, Stream, Told } from './history.ts';
import { uptimeMs } from './ledger.ts';

/** The longest wait for a reply. */
const REPLY_LIMIT_MS = 20_000;

/** What comes with a reply. */
export interface Answer {
  readonly callId: number;
  readonly controller: string;
  readonly rc: number;
  readonly sentMs: number;
  readonly repliedMs: number;
  readonly reply: XmlElement;
}

export interface Question {
  readonly op: string;
  readonly data?: XmlElement;
  readonly callOptions?: number;
}

export class RecordedController {
  readonly name: string;
  readonly #channel: Channel;
  readonly #told: Told[] = [];
  readonly #unanswered = new Set<string>();
  readonly #pending = new Set<Promise<void>>();
  readonly #onAsked: (asked: Asked) => void;
  readonly #closed = Promise.withResolvers<void>();
  #callId = 0;
  #registeredMs = 0;

  /** Connects and registers; `onAsked` gets every request once it is answered. */
  static async connect(
    where: { readonly host: string; readonly port: number; readonly key: Secret },
    name: string,
    onAsked: (asked: Asked) => void,
  ): Promise<RecordedController> {
    const connection = await connect(where);
    const controller = new RecordedController((handlers) => new Channel(connection, handlers), name, onAsked);
    await controller.#register();
    return controller;
  }

  private constructor(
    makeChannel: (handlers: ConstructorParameters<typeof Channel>[1]) => Channel,
    name: string,
    onAsked: (asked: Asked) => void,
  ) {
    this.name = name;
    this.#onAsked = onAsked;
    this.#channel = makeChannel({
      onNotification: (message) => this.#notified(message),
      onClose: () => this.#closed.resolve(),
    });
  }

  /** Sends a request and does not wait; `read` makes of the answer what the history keeps. */
  ask(question: Question, read: (answer: Answer) => Asked): void {
    const sentMs = uptimeMs();
    const { op, data, callOptions = 0 } = question;
    const text = `${this.name} ${op} ${JSON.stringify(data?.attributes ?? {})}`;
    this.#unanswered.add(text);
    const answered = this.#channel
      .request(
        (messageId) =>
          writeRequest(op, messageId, { lrmd_callopt: callOptions }, data === undefined ? [] : [data]),
        (reply) => {
          const answer = this.#answer(reply, sentMs);
          this.#told.push({ kind: 'reply', callId: answer.callId });
          this.#onAsked(read(answer));
          this.#unanswered.delete(text);
        },
        AbortSignal.timeout(REPLY_LIMIT_MS),
      )
      // It stays among those without an answer.
      .catch(() => undefined)
      .finally(() => this.#pending.delete(answered));
    this.#pending.add(answered);
  }

  /** Waits until everything is answered, or is too late. */
  async answered(): Promise<void> {
    await Promise.all(this.#pending);
  }

  async close(): Promise<void> {
    await this.answered();
    this.#channel.close();
    await this.#closed.promise;
  }

  unanswered(): string[] {
    return [...this.#unanswered];
  }

  stream(): Stream {
    return {
      controller: this.name,
      callId: this.#callId,
      registeredMs: this.#registeredMs,
      isOpen: this.#channel.isOpen,
      told: [...this.#told],
    };
  }

  async #register(): Promise<void> {
    const fields = { clientName: this.name, isIpcProvider: false };
    await this.#channel.request(
      (messageId) => writeRegister(fields, messageId),
      (reply) => {
        const { callId, repliedMs } = this.#answer(reply, 0);
        this.#callId = callId;
        this.#registeredMs = repliedMs;
      },
      AbortSignal.timeout(REPLY_LIMIT_MS),
    );
  }

  #answer(reply: XmlElement, sentMs: number): Answer {
    const number = (name: string): number => readInteger(reply.attributes[name]) ?? 0;
    return {
      callId: number('lrmd_callid'),
      rc: number('lrmd_rc'),
      controller: this.name,
      repliedMs: uptimeMs(),
      sentMs,
      reply,
    };
  }

  #notified(message: XmlElement): void {
    const event = readEvent(message);
    switch (event.type) {
      case 'result':
        this.#told.push({ kind: 'result', result: event.result });
        break;
      case 'registered':
        this.#told.push({ kind: 'common', callId: event.callId, op: OP.rscRegister });
        break;
      case 'unregistered':
        this.#told.push({ kind: 'common', callId: event.callId, op: OP.rscUnregister });
        break;
      case 'poke':
        this.#told.push({ kind: 'common', callId: event.callId, op: OP.poke });
        break;
      default:
        break;
    }
  }
}
