import { AgentError, messageOf } from '../errors/agent-error.ts';
import { crypto } from '../native/crypto.ts';
import type { Clock, Timer } from '../observe/clock.ts';
import { emit } from '../observe/events.ts';
import { type Envelope, readEnvelope } from '../protocol/envelope.ts';
import { readMessage } from '../protocol/xml-message.ts';
import type { XmlElement } from '../protocol/xml-tree.ts';
import { writeXml } from '../protocol/xml-write.ts';
import type { SecureConnection } from '../transport/secure-connection.ts';
import { type Decompress, FrameReader } from '../wire/frame-reader.ts';
import type { FrameWriter } from '../wire/frame-writer.ts';
import { FRAME_TIMEOUT_MS } from '../wire/limits.ts';
import type { Peer } from './peers.ts';
import { type Event, SESSION_STATES, type State } from './session.states.ts';

/** What a session needs of the daemon around it. */
export interface SessionOwner {
  /** Carries out a request; the session only reads and writes. Returns false if the peer was not accepted. */
  handle(session: Session, request: Envelope): boolean;
  /** `clean`: we closed it, or the peer said goodbye. */
  ended(session: Session, clean: boolean): void;
}

export interface SessionTools {
  readonly clock: Clock;
  readonly frames: FrameWriter;
  readonly decompress: Decompress;
}

/** One authenticated peer: its bytes become requests, our messages become bytes. */
export class Session implements Peer {
  readonly id = crypto().randomUUID();
  /** Milliseconds since 1970. */
  readonly sinceMs = Date.now();
  readonly #connection: SecureConnection;
  readonly #owner: SessionOwner;
  readonly #tools: SessionTools;
  readonly #reader: FrameReader;
  #state: State = 'connected';
  #name: string | undefined;
  #frameTimer: Timer | undefined;

  constructor(connection: SecureConnection, owner: SessionOwner, tools: SessionTools) {
    this.#connection = connection;
    this.#owner = owner;
    this.#tools = tools;
    this.#reader = new FrameReader(tools.decompress);
  }

  /** Begins to read. The owner knows the session before its first request comes. */
  start(): void {
    this.#connection.onClose = (reason, clean) => this.#closed(reason, clean);
    this.#connection.onData = (chunk) => this.#receive(chunk);
  }

  get name(): string | undefined {
    return this.#name;
  }

  /** Address and port of the other end. */
  get peer(): string {
    return this.#connection.peer;
  }

  /** What it has not taken yet, in bytes. */
  get waitingBytes(): number {
    return this.#connection.waitingBytes;
  }

  /** @returns false when it is too large to be sent; nobody but the sender can know what that means. */
  send(message: XmlElement): boolean {
    if (this.#state === 'closed') {
      return true;
    }
    try {
      const { header, payload } = this.#tools.frames.frame(writeXml(message));
      this.#connection.send(header, payload);
      return true;
    } catch (error) {
      emit('message.not-sent', { peer: this.peer, reason: messageOf(error) });
      return false;
    }
  }

  close(reason: string): void {
    this.#connection.close(reason);
  }

  #apply(event: Event): void {
    this.#state = SESSION_STATES[this.#state][event];
  }

  #receive(chunk: Buffer): void {
    try {
      for (const text of this.#reader.read(chunk)) {
        this.#message(text);
        // A request may have closed the connection.
        if (this.#connection.closed) {
          return;
        }
      }
    } catch (error) {
      if (!(error instanceof AgentError)) {
        throw error;
      }
      emit('frame.invalid', { peer: this.peer, code: error.code, reason: error.message, ...error.details });
      this.close('malformed frame');
      return;
    }
    this.#watchFrame();
  }

  /** A frame that was begun must become whole in time; between frames a peer may be silent for ever. */
  #watchFrame(): void {
    this.#frameTimer?.cancel();
    this.#frameTimer = undefined;
    if (this.#reader.isInsideFrame) {
      this.#frameTimer = this.#tools.clock.setTimer(FRAME_TIMEOUT_MS, () => {
        emit('frame.invalid', {
          peer: this.peer,
          code: 'FRAME_INVALID',
          reason: `Expected the rest of a message within ${FRAME_TIMEOUT_MS / 1000} s, it did not come`,
        });
        this.close('incomplete frame');
      });
    }
  }

  /** A message that can't be understood is dropped, the connection stays [protocol 2.4]. */
  #message(text: Buffer): void {
    let request: Envelope | undefined;
    try {
      const { root, damage } = readMessage(text.toString('utf8'));
      if (damage !== undefined) {
        emit('message.repaired', { peer: this.peer, reason: damage });
      }
      request = readEnvelope(root);
    } catch (error) {
      emit('message.invalid', { peer: this.peer, reason: messageOf(error) });
      return;
    }
    if (request === undefined) {
      emit('message.invalid', { peer: this.peer, reason: 'Expected a request with t="lrmd" and lrmd_op' });
      return;
    }
    const isAccepted = this.#owner.handle(this, request);
    if (isAccepted && request.clientName !== undefined) {
      this.#name = request.clientName;
      this.#apply('name');
    }
  }

  #closed(reason: string, clean: boolean): void {
    this.#frameTimer?.cancel();
    this.#apply('close');
    emit('session.ended', { peer: this.peer, client: this.#name ?? 'unnamed', reason });
    this.#owner.ended(this, clean);
  }
}
