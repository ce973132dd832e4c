import type { PeerCredentials } from '../native/peer-credentials.ts';

/** Who is at the other end of a local connection, as the kernel said when it was made. */
export type { PeerCredentials };

/** One local client, connected with one service. Bytes are whole libqb messages, Pacemaker's header included. */
export interface IpcConnection {
  readonly service: string;
  readonly credentials: PeerCredentials;
  /** The largest message that either side may send, in bytes. */
  readonly maxMessageBytes: number;
  /** Answers a request. Kept until the client has room for it. */
  respond(message: Buffer): void;
  /** Tells something unasked. Kept until the client has room for it. */
  event(message: Buffer): void;
  /** Ends it; `onClose` is called as for any other end. */
  close(reason: string): void;
}

/** What the one who owns a connection wants to hear. */
export interface IpcHandlers {
  onMessage(message: Buffer): void;
  /** It is over, once. */
  onClose(reason: string): void;
}

/** Something that local clients connect with, by its libqb name. */
export interface IpcService {
  readonly name: string;
  /**
   * Decides on a client whose credentials are in order.
   * @returns what hears of the connection, or the errno to refuse it with (a negative number, as in the set-up reply)
   */
  accept(connection: IpcConnection): IpcHandlers | number;
}
