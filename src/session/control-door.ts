import { emit } from '../observe/events.ts';
import { type Envelope, writeNotification, writeReply } from '../protocol/envelope.ts';
import { CONTROL_ATTRIBUTE, OP, RC } from '../protocol/names.ts';
import type { XmlElement } from '../protocol/xml-tree.ts';

/** One who asks the daemon about itself, as the room above sees him. */
export interface Asker {
  readonly name: string;
  send(message: Buffer): void;
  readonly waitingBytes: number;
  close(): void;
}

/** What answers him. */
export interface AskerSession {
  receive(message: Buffer): void;
  close(): void;
}

/** Begins to answer somebody; loaded when somebody asks. */
export type OpenAsker = (asker: Asker) => Promise<AskerSession>;

/** The connection that he came by. */
export interface AskerConnection {
  readonly peer: string;
  readonly waitingBytes: number;
  send(message: XmlElement): boolean;
  close(reason: string): void;
}

/**
 * Lets those in who connect to port 3121 and ask about the daemon: messages of the room `control`, in base64, in requests
 * and notifications of an operation of our own. Who asks need not register, and so is no controller.
 */
export class ControlDoor {
  readonly #open: OpenAsker;
  readonly #sessions = new Map<AskerConnection, Promise<AskerSession>>();

  constructor(open: OpenAsker) {
    this.#open = open;
  }

  /** @returns the reply; what answers the message comes as notifications */
  handle(connection: AskerConnection, request: Envelope, callId: number): XmlElement {
    const text = request.root.attributes[CONTROL_ATTRIBUTE];
    if (text === undefined || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
      return writeReply(request, callId, RC.invalidArguments);
    }
    let session = this.#sessions.get(connection);
    if (session === undefined) {
      session = this.#begin(connection);
      this.#sessions.set(connection, session);
    }
    session.then(
      (one) => one.receive(Buffer.from(text, 'base64')),
      (error: unknown) => emit('control.failed', { error: String(error) }),
    );
    return writeReply(request, callId, RC.ok);
  }

  ended(connection: AskerConnection): void {
    this.#sessions.get(connection)?.then(
      (session) => session.close(),
      () => undefined,
    );
    this.#sessions.delete(connection);
  }

  #begin(connection: AskerConnection): Promise<AskerSession> {
    return this.#open({
      name: connection.peer,
      get waitingBytes() {
        return connection.waitingBytes;
      },
      send: (message) => {
        const fields = { lrmd_op: OP.control, [CONTROL_ATTRIBUTE]: message.toString('base64') };
        connection.send(writeNotification(fields));
      },
      close: () => connection.close('it sent what means nothing'),
    });
  }
}
