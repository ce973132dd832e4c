// Longer than most: every action of the state table is one short method here.
import { messageOf } from '../errors/agent-error.ts';
import type { SecureSession } from '../native/secure-session.ts';
import type { Timer } from '../observe/clock.ts';
import { emit } from '../observe/events.ts';
import { OwnerCalls } from './owner-calls.ts';
import type { SecureConnection } from './secure-connection.ts';
import { endOf, type SessionEnd, SILENT_END, tlsEnd } from './session-end.ts';
import { TLS_TRANSITIONS, type TlsAction, type TlsEvent, type TlsState } from './tls-session.states.ts';
import type { TlsSessionOptions } from './tls-session-options.ts';
import { TlsSocket } from './tls-socket.ts';

/** A peer that does not take three of the largest messages is not reading. */
export const OUTPUT_CAP_BYTES = 64 * 1024 * 1024;

/** One socket with TLS on it: handshake → open → closed, by the table in `tls-session.states.ts`. */
export class TlsSession implements SecureConnection {
  readonly peer: string;
  description = '';

  readonly #socket: TlsSocket;
  readonly #options: TlsSessionOptions;
  readonly #owner = new OwnerCalls();
  readonly #handshakeTimer: Timer;
  readonly #actions: Readonly<Record<TlsAction, (end: SessionEnd) => void>>;
  #state: TlsState = 'handshake';
  #session: SecureSession | undefined;
  #message: readonly Buffer[] = [];

  constructor(options: TlsSessionOptions) {
    this.#options = options;
    this.peer = options.peer;
    this.#actions = {
      ignore: () => undefined,
      shake: () => this.#shake(),
      announce: () => this.#announce(),
      read: () => this.#read(),
      write: () => this.#write(),
      refuse: (end) => this.#alert(end, () => this.#socket.finish()),
      leave: () => this.#leave(),
      alert: (end) => this.#alert(end, () => this.#socket.drain()),
      cut: () => this.#socket.cut(),
      // Only on `close`, which Node never emits from inside our calls: so nothing of GnuTLS is on the stack.
      free: () => this.#session?.free(),
    };
    this.#handshakeTimer = options.clock.setTimer(options.handshakeTimeoutMs, () => this.#onTimeout());
    this.#socket = new TlsSocket(options.socket, options.clock, {
      data: (ciphertext) => this.#onInput('data', (session) => session.feed(ciphertext)),
      fin: () => this.#onFin(),
      error: (error) =>
        this.#on(
          'socket-error',
          this.spoke ? tlsEnd(`The connection was lost: ${error.message}`) : SILENT_END,
        ),
      closed: () => this.#on('socket-closed'),
    });
  }

  get closed(): boolean {
    return this.#state === 'closed';
  }

  get waitingBytes(): number {
    return this.#socket.waitingBytes;
  }

  /** `true` once the peer has sent anything. */
  get spoke(): boolean {
    return this.#session !== undefined;
  }

  get onData(): (chunk: Buffer) => void {
    return this.#owner.onData;
  }

  set onData(handler: (chunk: Buffer) => void) {
    const waiting = !this.#owner.ready && this.#state === 'open';
    this.#owner.onData = handler;
    if (waiting) {
      // Not at once: the owner may be about to assign `onClose`.
      setImmediate(() => this.#resume());
    }
  }

  get onClose(): (reason: string, clean: boolean) => void {
    return this.#owner.onClose;
  }

  set onClose(handler: (reason: string, clean: boolean) => void) {
    this.#owner.onClose = handler;
  }

  /** Starts the handshake, as the side that speaks first. */
  begin(): void {
    this.#onInput('data', () => undefined);
  }

  send(header: Buffer, payload: Buffer): void {
    this.#message = [header, payload];
    this.#on('send');
    this.#message = [];
  }

  close(reason: string): void {
    this.end({ word: 'closed', message: reason, clean: true });
  }

  /** Closes for a reason that the server tells of in its own words. */
  end(end: SessionEnd): void {
    this.#on('close', end);
  }

  /** The only place that changes the state; before the action, because actions lead to further events. */
  #on(event: TlsEvent, end: SessionEnd = tlsEnd('The socket was closed')): void {
    const before = this.#state;
    const { action, next } = TLS_TRANSITIONS[before][event];
    this.#state = next;
    if (before === 'handshake' && next !== 'handshake') {
      this.#handshakeTimer.cancel();
    }
    if (before !== 'closed' && next === 'closed') {
      this.#tell(before, end);
    }
    this.#actions[action](end);
  }

  #onInput(event: 'data' | 'fin', feed: (session: SecureSession) => void): void {
    if (this.closed) {
      return;
    }
    try {
      this.#session ??= this.#options.open();
    } catch (thrown) {
      this.#on('broken', tlsEnd(messageOf(thrown)));
      return;
    }
    feed(this.#session);
    this.#on(event);
  }

  #onFin(): void {
    if (this.spoke) {
      this.#onInput('fin', (session) => session.feedEnd());
    } else {
      this.#on('peer-left', SILENT_END);
    }
  }

  #onTimeout(): void {
    const seconds = this.#options.handshakeTimeoutMs / 1000;
    const what = this.spoke ? 'did not finish the TLS handshake' : 'sent nothing';
    const message = `The peer ${what} within ${seconds} s`;
    this.#on('timeout', { word: 'timeout', message, clean: false });
  }

  #shake(): void {
    const result = this.#session?.handshake() ?? 'again';
    this.#flush();
    if (result === 'done') {
      this.#on('shaken');
    } else if (result !== 'again') {
      this.#on(result.kind === 'ended' ? 'peer-left' : 'refused', endOf(result));
    }
  }

  #announce(): void {
    const session = this.#session;
    if (session !== undefined) {
      this.description = session.description;
      this.#guarded(() => this.#options.hooks.opened(this, session));
    }
    if (this.#owner.ready) {
      // The first request often came together with the end of the handshake.
      this.#read();
    } else if (!this.closed) {
      this.#socket.pause();
    }
  }

  #resume(): void {
    if (this.#state === 'open') {
      this.#socket.resume();
      this.#read();
    }
  }

  #read(): void {
    // The owner may close the session from inside its handler, so the state is looked at after each record.
    while (!this.closed && this.#owner.ready && this.#session !== undefined) {
      const result = this.#session.read();
      if (result === 'again') {
        break;
      }
      if (Buffer.isBuffer(result)) {
        this.#guarded(() => this.#owner.onData(result));
      } else if (result === 'end') {
        this.#on('peer-left', { word: 'left', message: 'The peer said goodbye', clean: true });
      } else {
        this.#on(result.kind === 'ended' ? 'peer-left' : 'broken', endOf(result));
      }
    }
    // TLS answers by itself now and then, as to a key update.
    this.#flush();
  }

  #write(): void {
    for (const part of this.#message) {
      const failure = this.#session?.write(part);
      if (failure !== undefined) {
        this.#on('broken', endOf(failure));
        return;
      }
    }
    this.#flush();
  }

  #leave(): void {
    this.#session?.bye();
    this.#flush();
    this.#socket.drain();
  }

  #alert(end: SessionEnd, close: () => void): void {
    if (end.failure !== undefined && end.failure.kind !== 'alert') {
      this.#session?.alert(end.failure);
    }
    this.#flush();
    close();
  }

  #flush(): void {
    this.#socket.write(this.#session?.takeOutput() ?? []);
    if (this.#socket.waitingBytes > OUTPUT_CAP_BYTES) {
      const message = `The peer does not read: ${this.#socket.waitingBytes} bytes of output are waiting`;
      this.#on('overflow', { word: 'overflow', message, clean: false });
    }
  }

  /** A fault of the owner costs this connection only. */
  #guarded(call: () => void): void {
    try {
      call();
    } catch (thrown) {
      const error = messageOf(thrown);
      emit('tls.handler-failed', { peer: this.peer, error });
      const message = `A fault of the daemon while it handled this peer: ${error}`;
      this.#on('handler-failed', { word: 'fault', message, clean: false });
    }
  }

  #tell(before: TlsState, end: SessionEnd): void {
    if (before === 'handshake') {
      this.#options.hooks.refused(end);
    } else {
      this.#options.hooks.closed(end);
      this.#owner.close(this.peer, end.message, end.clean);
    }
  }
}
