import { AgentError, messageOf } from '../errors/agent-error.ts';
import { emit } from '../observe/events.ts';
import { decodeRequest, encodeResponse } from './codec.ts';
import type { ControlApi } from './control-api.ts';
import type { Failure, OneOf, Request, RequestBodies, ResponseBodies } from './model.ts';

/** So many requests may wait for their turn. */
const MAX_WAITING = 32;
/** Who has not read so much is not told of more events, in bytes. */
const UNREAD_LIMIT_BYTES = 4 * 1024 * 1024;

/** The way back to who asks. */
export interface ControlPeer {
  /** How it is called in the log. */
  readonly name: string;
  send(message: Buffer): void;
  /** What it has not taken yet, in bytes. */
  readonly waitingBytes: number;
  /** It makes no sense of our protocol. */
  close(): void;
}

type Answer = OneOf<ResponseBodies>;

/** One who asks: messages of `control.proto` in, answers out. A request a turn of the event loop. */
export class ControlSession {
  readonly #api: ControlApi;
  readonly #peer: ControlPeer;
  readonly #waiting: Request[] = [];
  /** What ends the answers to requests that go on. */
  readonly #watches = new Map<number, () => void>();
  #isClosed = false;

  constructor(api: ControlApi, peer: ControlPeer) {
    this.#api = api;
    this.#peer = peer;
  }

  receive(message: Buffer): void {
    let request: Request;
    try {
      request = decodeRequest(message);
    } catch (error) {
      emit('control.invalid', { peer: this.#peer.name, reason: messageOf(error) });
      this.#peer.close();
      return;
    }
    if (this.#waiting.length >= MAX_WAITING) {
      const problem = `Expected at most ${MAX_WAITING} requests at once, got one more`;
      this.#fail(request.id, new AgentError('TOO_MANY_REQUESTS', problem));
      return;
    }
    this.#waiting.push(request);
    if (this.#waiting.length === 1) {
      setImmediate(() => this.#next());
    }
  }

  /** Who asked has gone. */
  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
    for (const stop of this.#watches.values()) {
      stop();
    }
    this.#watches.clear();
  }

  #next(): void {
    const request = this.#waiting.shift();
    if (request === undefined) {
      return;
    }
    this.#answer(request).catch((error: unknown) => this.#fail(request.id, error));
    if (this.#waiting.length > 0) {
      setImmediate(() => this.#next());
    }
  }

  async #answer({ id, content }: Request): Promise<void> {
    if (content === undefined) {
      throw new AgentError(
        'NOT_SUPPORTED',
        'Expected a request of version 1 of control.proto, got another one',
      );
    }
    if (content.kind === 'watch') {
      this.#watch(id, content.body);
      return;
    }
    if (content.kind === 'end') {
      this.#end(id);
      return;
    }
    this.#send(id, await this.#ask(content), true);
  }

  async #ask(content: Exclude<OneOf<RequestBodies>, { kind: 'watch' | 'end' }>): Promise<Answer> {
    const api = this.#api;
    switch (content.kind) {
      case 'status':
        return { kind: 'status', body: api.status() };
      case 'history':
        return { kind: 'history', body: api.history(content.body) };
      case 'health':
        return { kind: 'health', body: api.health(content.body.probe) };
      case 'checks':
        return { kind: 'checks', body: await api.checks() };
      case 'metrics':
        return { kind: 'metrics', body: api.metrics() };
      case 'exec':
        return { kind: 'exec', body: await api.exec(content.body) };
      case 'logLevel':
        return { kind: 'logLevel', body: api.logLevel(content.body.level) };
    }
  }

  #watch(id: number, request: RequestBodies['watch']): void {
    this.#stop(id);
    if (request.follow && this.#watches.size >= MAX_WAITING) {
      throw new AgentError(
        'TOO_MANY_REQUESTS',
        `Expected at most ${MAX_WAITING} watches at once, got one more`,
      );
    }
    const { before, stop } = this.#api.watch(request, (event) => {
      if (this.#peer.waitingBytes > UNREAD_LIMIT_BYTES) {
        this.#endWatches();
      } else {
        this.#send(id, { kind: 'event', body: event }, false);
      }
    });
    for (const event of before) {
      this.#send(id, { kind: 'event', body: event }, false);
    }
    if (request.follow) {
      this.#watches.set(id, stop);
    } else {
      this.#send(id, { kind: 'ended', body: {} }, true);
    }
  }

  /** All of them, and before it is told: that is an event, too. */
  #endWatches(): void {
    const ids = [...this.#watches.keys()];
    for (const id of ids) {
      this.#stop(id);
    }
    if (ids.length > 0) {
      emit('control.slow', { peer: this.#peer.name, watches: ids.length });
    }
    const problem = 'Expected events to be read as they come; the watch was ended';
    for (const id of ids) {
      this.#fail(id, new AgentError('READER_TOO_SLOW', problem));
    }
  }

  #end(id: number): void {
    this.#stop(id);
    this.#send(id, { kind: 'ended', body: {} }, true);
  }

  #stop(id: number): void {
    this.#watches.get(id)?.();
    this.#watches.delete(id);
  }

  #fail(id: number, error: unknown): void {
    this.#send(id, { kind: 'failure', body: failureOf(error) }, true);
  }

  #send(id: number, content: Answer, last: boolean): void {
    if (!this.#isClosed) {
      this.#peer.send(encodeResponse({ id, last, content }));
    }
  }
}

function failureOf(error: unknown): Failure {
  if (error instanceof AgentError) {
    return { code: error.code, message: error.message };
  }
  emit('control.failed', {
    error: error instanceof Error ? (error.stack ?? error.message) : messageOf(error),
  });
  return { code: 'DAEMON_FAULT', message: `The daemon failed to answer: ${messageOf(error)}` };
}
