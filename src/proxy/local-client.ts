import { AgentError } from '../errors/agent-error.ts';
import type { IpcConnection, IpcHandlers } from '../ipc/ipc-types.ts';
import { emit } from '../observe/events.ts';
import { IPC_FLAG } from '../protocol/ipc-proxy.ts';
import type { Relay, RelaySession } from '../protocol/ipc-relay.ts';
import type { Decompress } from '../wire/frame-reader.ts';
import { type IpcMessage, IpcReader } from '../wire/ipc-reader.ts';
import { type Compress, IpcWriter } from '../wire/ipc-writer.ts';
import { callerOf, type LocalCaller } from './local-caller.ts';
import { RequestLine } from './request-line.ts';

/** So many requests of one client may wait for their responses; tools have one. */
export const UNANSWERED_LIMIT = 1000;

/** What all local clients share. */
export interface LocalClientTools {
  readonly relay: Relay;
  readonly compress: Compress;
  readonly decompress: Decompress;
}

/**
 * A local tool on its way to one of the cluster's servers: what it asks goes to the provider as it was written, what
 * comes back is put into its layout. Whatever is wrong costs this client alone, at once, so that a tool never waits for
 * what will not come.
 */
export class LocalClient implements IpcHandlers {
  readonly #connection: IpcConnection;
  readonly #tools: LocalClientTools;
  readonly #caller: LocalCaller;
  readonly #reader: IpcReader;
  readonly #line: RequestLine;
  /** Numbers of requests whose response is waited for. */
  readonly #unanswered = new Set<number>();
  #writer: IpcWriter | undefined;
  #session: RelaySession | undefined;

  /** Undefined where no cluster is connected. */
  static open(connection: IpcConnection, server: string, tools: LocalClientTools): LocalClient | undefined {
    const client = new LocalClient(connection, tools);
    client.#session = tools.relay.open(server, {
      onResponse: (messageId, message) => client.#respond(messageId, message),
      onEvent: (message) => client.#tell(message),
      onClose: (reason) => client.#lost(reason),
    });
    if (client.#session === undefined) {
      emit('proxy.no-cluster', client.#facts());
      return undefined;
    }
    emit('proxy.client', { ...client.#facts(), user: client.#caller.user });
    return client;
  }

  private constructor(connection: IpcConnection, tools: LocalClientTools) {
    this.#connection = connection;
    this.#tools = tools;
    this.#caller = callerOf(connection.credentials);
    this.#reader = new IpcReader({
      decompress: tools.decompress,
      maxMessageBytes: connection.maxMessageBytes,
    });
    this.#line = new RequestLine({
      onRequest: (request) => this.#ask(request),
      onRepaired: (damage) => emit('proxy.request-repaired', { ...this.#facts(), damage }),
      onFault: (reason) => this.#refuse(reason),
    });
  }

  onMessage(message: Buffer): void {
    let request: IpcMessage | undefined;
    try {
      request = this.#reader.read(message);
    } catch (error) {
      this.#refuse(reasonOf(error));
      return;
    }
    if (request !== undefined) {
      this.#line.add(request);
    }
  }

  /** The client left, or was dropped. */
  onClose(): void {
    this.#line.close();
    this.#session?.close();
    this.#session = undefined;
  }

  /**
   * A response that this client didn't ask for would end it, or lie in its ring for ever: controllers confirm requests
   * that want no answer, too.
   */
  #respond(messageId: number, message: string): void {
    if (this.#unanswered.delete(messageId)) {
      this.#deliver((writer) => {
        for (const part of writer.response(messageId, message)) {
          this.#connection.respond(part);
        }
      });
    } else {
      emit('proxy.unasked', { ...this.#facts(), messageId });
    }
  }

  #tell(message: string): void {
    this.#deliver((writer) => {
      for (const part of writer.event(message)) {
        this.#connection.event(part);
      }
    });
  }

  /** The relay ended the session: nothing that was asked will be answered. */
  #lost(reason: string): void {
    this.#session = undefined;
    this.#connection.close(reason);
  }

  #ask({ id, flags, text }: IpcMessage): void {
    if ((flags & IPC_FLAG.clientResponse) !== 0) {
      this.#unanswered.add(id);
      if (this.#unanswered.size > UNANSWERED_LIMIT) {
        this.#refuse(`Expected at most ${UNANSWERED_LIMIT} requests without a response, got more`);
        return;
      }
    }
    const { pid, user } = this.#caller;
    this.#session?.request({ messageId: id, flags, user, pid, message: text });
  }

  #deliver(send: (writer: IpcWriter) => void): void {
    const { layout } = this.#reader;
    if (layout === undefined) {
      // It has not said yet which one it reads; servers tell nothing to those who asked for nothing.
      emit('proxy.unasked', this.#facts());
      return;
    }
    this.#writer ??= new IpcWriter({
      compress: this.#tools.compress,
      layout,
      maxMessageBytes: this.#connection.maxMessageBytes,
    });
    try {
      send(this.#writer);
    } catch (error) {
      emit('proxy.undeliverable', { ...this.#facts(), reason: reasonOf(error) });
      this.#connection.close('an answer could not be delivered');
    }
  }

  #refuse(reason: string): void {
    this.#line.close();
    emit('proxy.request-invalid', { ...this.#facts(), reason });
    this.#connection.close('a request could not be understood');
  }

  #facts(): { service: string; program: string; pid: number; session: string | undefined } {
    const { program, pid } = this.#caller;
    return { service: this.#connection.service, program, pid, session: this.#session?.id };
  }
}

/** What is wrong with a message. @throws whatever is a fault of ours */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof AgentError) {
    return thrown.message;
  }
  throw thrown;
}
