import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { SecureSession, SessionFailure } from '../../../src/native/secure-session.ts';

/** A socket that notes what is done to it. */
export class FakeSocket extends EventEmitter {
  readonly calls: string[] = [];
  writable = true;
  writableLength = 0;

  asSocket(): Socket {
    return this as unknown as Socket;
  }

  setNoDelay(): void {
    this.calls.push('noDelay');
  }

  cork(): void {
    this.calls.push('cork');
  }

  uncork(): void {
    this.calls.push('uncork');
  }

  write(bytes: Buffer): void {
    this.calls.push(`write ${bytes}`);
  }

  end(): void {
    this.calls.push('end');
    this.writable = false;
  }

  destroy(): void {
    this.calls.push('destroy');
    this.writable = false;
  }

  destroySoon(): void {
    this.calls.push('destroySoon');
    this.writable = false;
  }

  pause(): void {
    this.calls.push('pause');
  }

  resume(): void {
    this.calls.push('resume');
  }

  /** What was called since the last time. */
  take(): string[] {
    return this.calls.splice(0);
  }
}

type Read = Buffer | 'again' | 'end' | SessionFailure;

/** TLS without TLS: results come from lists, output is readable. */
export class FakeSession implements SecureSession {
  readonly description = 'fake TLS';
  keyName: string | undefined;
  readonly peerCertificate: Buffer | undefined = undefined;
  readonly shakes: Array<'done' | 'again' | SessionFailure> = [];
  readonly reads: Read[] = [];
  writeFailure: SessionFailure | undefined;
  frees = 0;
  fed = '';
  #output: Buffer[] = [];

  feed(ciphertext: Buffer): void {
    this.fed += String(ciphertext);
  }

  feedEnd(): void {
    this.fed += '<fin>';
  }

  takeOutput(): Buffer[] {
    const output = this.#output;
    this.#output = [];
    return output;
  }

  handshake(): 'done' | 'again' | SessionFailure {
    return this.shakes.shift() ?? 'again';
  }

  read(): Read {
    return this.reads.shift() ?? 'again';
  }

  write(plaintext: Buffer): SessionFailure | undefined {
    this.#output.push(plaintext);
    return this.writeFailure;
  }

  alert(failure: SessionFailure): void {
    this.#output.push(Buffer.from(`alert for ${failure.kind}`));
  }

  bye(): void {
    this.#output.push(Buffer.from('bye'));
  }

  free(): void {
    this.frees += 1;
  }
}
