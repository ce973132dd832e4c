import type { Secret } from '../../../src/client/index.ts';
import { decompress } from '../../../src/native/bzip2.ts';
import { readXml } from '../../../src/protocol/xml-read.ts';
import { writeXml } from '../../../src/protocol/xml-write.ts';
import type { SecureConnection } from '../../../src/transport/secure-connection.ts';
import { connect } from '../../../src/transport/tls-client.ts';
import { FrameReader } from '../../../src/wire/frame-reader.ts';
import { HOST, PORT } from '../stage/place.ts';
import { Journal } from './journal.ts';

const NOTHING = Buffer.alloc(0);
const CONNECT_MS = 20_000;

/** A peer that proved the key and then says what it likes. Its journal holds every message, replies too. */
export class RawPeer {
  readonly journal = new Journal();
  readonly closed: Promise<string>;
  readonly #connection: SecureConnection;

  /** @throws AgentError CONNECT_FAILED, TLS_HANDSHAKE_FAILED */
  static async connect(key: Secret, timeoutMs = CONNECT_MS): Promise<RawPeer> {
    return new RawPeer(await connect({ host: HOST, port: PORT, key, timeoutMs }));
  }

  private constructor(connection: SecureConnection) {
    this.#connection = connection;
    const reader = new FrameReader(decompress);
    this.closed = new Promise((resolve) => {
      connection.onClose = resolve;
    });
    connection.onData = (chunk) => {
      for (const text of reader.read(chunk)) {
        const { root } = readXml(text.toString());
        const children = root.children.map(writeXml).join('');
        this.journal.write({ element: root.name, ...root.attributes, children });
      }
    };
  }

  get isOpen(): boolean {
    return !this.#connection.closed;
  }

  /** Each piece is a TLS record of its own. */
  write(pieces: readonly Buffer[]): void {
    for (const piece of pieces) {
      this.#connection.send(piece, NOTHING);
    }
  }

  async leave(): Promise<void> {
    this.#connection.close('the case is over');
    await this.closed;
  }
}
