import type { Socket } from 'node:net';
import { descriptorOf, setQuickAck } from '../native/libc.ts';
import type { Clock, Timer } from '../observe/clock.ts';

/** How long output may drain after the goodbye. */
export const LINGER_MS = 1000;

export interface TlsSocketHandlers {
  data(ciphertext: Buffer): void;
  /** The peer will send nothing more. */
  fin(): void;
  error(error: Error): void;
  /** The last event, never from inside a call of ours. */
  closed(): void;
}

/** What a TLS session needs of a TCP socket: no waiting for small packets, and three ways to end. */
export class TlsSocket {
  readonly #socket: Socket;
  readonly #clock: Clock;
  #lingerTimer: Timer | undefined;

  constructor(socket: Socket, clock: Clock, handlers: TlsSocketHandlers) {
    this.#socket = socket;
    this.#clock = clock;
    socket.setNoDelay(true);
    this.#acknowledge();
    socket.on('data', (ciphertext: Buffer) => {
      this.#acknowledge();
      handlers.data(ciphertext);
    });
    socket.on('end', () => handlers.fin());
    socket.on('error', (error) => handlers.error(error));
    socket.on('close', () => {
      this.#lingerTimer?.cancel();
      handlers.closed();
    });
  }

  /** Output that the kernel has not taken yet. */
  get waitingBytes(): number {
    return this.#socket.writableLength;
  }

  /** Sends records in one system call, so in one segment where they fit. Does nothing after an end. */
  write(records: readonly Buffer[]): void {
    if (records.length === 0 || !this.#socket.writable) {
      return;
    }
    this.#socket.cork();
    for (const record of records) {
      this.#socket.write(record);
    }
    this.#socket.uncork();
  }

  /** No more `data` until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Lets the output drain and the peer close, both for at most a second. */
  drain(): void {
    this.#socket.end();
    // Reading goes on, into nothing: else the peer's FIN would never be seen.
    this.#socket.resume();
    this.#lingerTimer = this.#clock.setTimer(LINGER_MS, () => this.#socket.destroy());
  }

  /** Closes as soon as the output has gone, without waiting for the peer. */
  finish(): void {
    this.#socket.destroySoon();
  }

  /** Closes now; output that waits is lost. */
  cut(): void {
    this.#socket.destroy();
  }

  #acknowledge(): void {
    const descriptor = descriptorOf(this.#socket);
    if (descriptor !== undefined) {
      setQuickAck(descriptor);
    }
  }
}
