/** An authenticated, encrypted connection. The rooms above know this and nothing of TLS. */
export interface SecureConnection {
  /** Address and port of the other end, as `10.0.0.1:53122` or `[::1]:4711`. */
  readonly peer: string;
  /** TLS version, key exchange and cipher, for the log. */
  readonly description: string;
  /** `true` from the moment nothing can be sent or will be received any more. */
  readonly closed: boolean;
  /** What was sent and the kernel has not taken yet, in bytes. A connection with too much of it is cut. */
  readonly waitingBytes: number;
  /**
   * Sends one message. The header becomes a TLS record of its own and the payload further ones, because the C
   * implementation polls the socket and never asks TLS for what is left over (tls.md 2.5). Dropped when closed.
   */
  send(header: Buffer, payload: Buffer): void;
  /** Says goodbye, lets the output drain for up to a second, then cuts. May be called from inside `onData`. */
  close(reason: string): void;
  /** Plaintext in any pieces. Nothing is read from the peer before this is assigned. */
  onData: (chunk: Buffer) => void;
  /**
   * Called exactly once, never from inside a call of the owner. `clean`: we closed it, or the peer said goodbye
   * before it left.
   */
  onClose: (reason: string, clean: boolean) => void;
}
