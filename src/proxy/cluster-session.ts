import { AgentError, messageOf } from '../errors/agent-error.ts';
import { emit } from '../observe/events.ts';
import { IPC_FLAG } from '../protocol/ipc-proxy.ts';
import type { Relay, RelaySession } from '../protocol/ipc-relay.ts';
import { readXml } from '../protocol/xml-read.ts';
import type { XmlElement } from '../protocol/xml-tree.ts';
import { writeXml } from '../protocol/xml-write.ts';

/** For whom a session speaks. */
export interface Caller {
  /** Name of the local user, for the cluster's access rules. */
  readonly user: string;
  /** Process id, for the cluster's log. */
  readonly pid: number;
}

/** The daemon itself. */
export const DAEMON: Caller = { user: 'root', pid: process.pid };

/** A session of our own with one of the cluster's servers: requests with their answers, and events. */
export class ClusterSession implements Disposable {
  readonly #server: string;
  readonly #caller: Caller;
  readonly #session: RelaySession;
  readonly #pending = new Map<number, PromiseWithResolvers<XmlElement>>();
  readonly #watchers = new Set<PromiseWithResolvers<XmlElement> & { matches(event: XmlElement): boolean }>();
  #lastId = 0;
  #closed: AgentError | undefined;

  /** As `new`, but undefined where no controller is there. */
  static tryOpen(relay: Relay, server: string, caller: Caller): ClusterSession | undefined {
    try {
      return new ClusterSession(relay, server, caller);
    } catch (error) {
      if (error instanceof AgentError && error.code === 'CONNECTION_LOST') {
        return undefined;
      }
      throw error;
    }
  }

  /** @throws AgentError CONNECTION_LOST where no controller is there */
  constructor(relay: Relay, server: string, caller: Caller) {
    const session = relay.open(server, {
      onResponse: (messageId, message) => this.#answered(messageId, message),
      onEvent: (message) => this.#told(message),
      onClose: (reason) => this.#fail(lost(`the session with ${server} ended: ${reason}`)),
    });
    if (session === undefined) {
      throw lost('no controller is connected');
    }
    this.#server = server;
    this.#caller = caller;
    this.#session = session;
  }

  /**
   * Sends a request that is answered by a response.
   * @throws AgentError CONNECTION_LOST when the session ends first; MESSAGE_INVALID for an answer that can't be read
   */
  request(message: XmlElement): Promise<XmlElement> {
    if (this.#closed !== undefined) {
      return Promise.reject(this.#closed);
    }
    const waiting = Promise.withResolvers<XmlElement>();
    this.#pending.set(this.#lastId + 1, waiting);
    this.#send(message, IPC_FLAG.clientResponse);
    return waiting.promise;
  }

  /** Sends what is answered by an event, or not at all. */
  send(message: XmlElement): void {
    this.#send(message, 0);
  }

  /** The next event that matches. Watch before you ask. @throws AgentError CONNECTION_LOST */
  event(matches: (event: XmlElement) => boolean): Promise<XmlElement> {
    if (this.#closed !== undefined) {
      return Promise.reject(this.#closed);
    }
    const watcher = { ...Promise.withResolvers<XmlElement>(), matches };
    this.#watchers.add(watcher);
    return watcher.promise;
  }

  /** Ends it; who waits for an answer gets an error. */
  [Symbol.dispose](): void {
    this.#session.close();
    this.#fail(lost(`the session with ${this.#server} was given up`));
  }

  #send(message: XmlElement, flags: number): void {
    this.#lastId += 1;
    const { user, pid } = this.#caller;
    this.#session.request({ user, pid, messageId: this.#lastId, flags, message: writeXml(message) });
  }

  #answered(messageId: number, message: string): void {
    const waiting = this.#pending.get(messageId);
    this.#pending.delete(messageId);
    try {
      waiting?.resolve(readXml(message).root);
    } catch (error) {
      waiting?.reject(error);
    }
  }

  #told(message: string): void {
    if (this.#watchers.size === 0) {
      return;
    }
    let event: XmlElement;
    try {
      event = readXml(message).root;
    } catch (error) {
      emit('proxy.invalid', { session: this.#session.id, op: 'event', reason: messageOf(error) });
      return;
    }
    for (const watcher of this.#watchers) {
      if (watcher.matches(event)) {
        this.#watchers.delete(watcher);
        watcher.resolve(event);
      }
    }
  }

  #fail(error: AgentError): void {
    this.#closed ??= error;
    for (const { promise, reject } of [...this.#pending.values(), ...this.#watchers]) {
      reject(error);
      // Nobody may be waiting any more.
      promise.catch(() => undefined);
    }
    this.#pending.clear();
    this.#watchers.clear();
  }
}

const lost = (what: string): AgentError =>
  new AgentError('CONNECTION_LOST', `Expected an answer of the cluster, ${what}`, { labels: ['retryable'] });
