import type { SecureSession, SessionFailure } from '../native/secure-session.ts';

/** What is kept of a peer's first words; a ClientHello of GnuTLS has 600 bytes. */
const KEPT_LIMIT_BYTES = 16_384;

/** Where the second session comes from. */
export interface SecondTry {
  /** `undefined` where a second try is not to be had. */
  open(): SecureSession | undefined;
  /** The peer has the second key. */
  proved(): void;
}

/**
 * A server's session that may begin again with another key. GnuTLS asks for one key an identity, and all peers have
 * the same identity. But in TLS 1.3 the first message proves the key, before anything was answered: so it is kept,
 * and if the key is not ours a fresh session with the second key reads the same bytes. In TLS 1.2 the key is proved
 * last, when there is no way back: there the first key alone holds.
 */
export class TwoKeySession implements SecureSession {
  readonly #secondTry: SecondTry;
  #session: SecureSession;
  /** What was received, while a second try is possible. */
  #kept: Buffer[] | undefined = [];
  #keptBytes = 0;
  #ended = false;
  #output: Buffer[] = [];

  constructor(first: SecureSession, secondTry: SecondTry) {
    this.#session = first;
    this.#secondTry = secondTry;
  }

  get description(): string {
    return this.#session.description;
  }

  get keyName(): string | undefined {
    return this.#session.keyName;
  }

  get peerCertificate(): Buffer | undefined {
    return this.#session.peerCertificate;
  }

  feed(ciphertext: Buffer): void {
    if (this.#kept !== undefined) {
      this.#kept.push(ciphertext);
      this.#keptBytes += ciphertext.length;
      if (this.#keptBytes > KEPT_LIMIT_BYTES) {
        this.#kept = undefined;
      }
    }
    this.#session.feed(ciphertext);
  }

  feedEnd(): void {
    this.#ended = true;
    this.#session.feedEnd();
  }

  takeOutput(): Buffer[] {
    const taken = [...this.#output, ...this.#session.takeOutput()];
    this.#output = [];
    return taken;
  }

  handshake(): 'done' | 'again' | SessionFailure {
    const result = this.#session.handshake();
    this.#output.push(...this.#session.takeOutput());
    if (this.#output.length > 0) {
      this.#kept = undefined;
    }
    if (typeof result === 'object' && result.kind === 'key' && this.#kept !== undefined) {
      return this.#again(this.#kept) ?? result;
    }
    return result;
  }

  #again(received: readonly Buffer[]): 'done' | 'again' | SessionFailure | undefined {
    this.#kept = undefined;
    const second = this.#secondTry.open();
    if (second === undefined) {
      return undefined;
    }
    this.#session.free();
    this.#session = second;
    for (const piece of received) {
      second.feed(piece);
    }
    if (this.#ended) {
      second.feedEnd();
    }
    const result = second.handshake();
    if (typeof result !== 'object') {
      this.#secondTry.proved();
    }
    return result;
  }

  read(): Buffer | 'again' | 'end' | SessionFailure {
    return this.#session.read();
  }

  write(plaintext: Buffer): SessionFailure | undefined {
    return this.#session.write(plaintext);
  }

  alert(failure: SessionFailure): void {
    this.#session.alert(failure);
  }

  bye(): void {
    this.#session.bye();
  }

  free(): void {
    this.#session.free();
  }
}
