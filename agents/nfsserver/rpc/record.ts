import { RpcFailure } from './rpc-failure.ts';

/** The bit that marks a record's last fragment [RFC 5531 11]. */
const LAST_FRAGMENT = 0x8000_0000;

/** Answers to what we ask have some hundred bytes, a directory's beginning a few thousand. */
export const RECORD_LIMIT_BYTES = 64 * 1024;

/** A record of one fragment. */
export function encodeRecord(data: Buffer): Buffer {
  const header = Buffer.allocUnsafe(4);
  // As an unsigned number: | would make it a negative one.
  header.writeUInt32BE(LAST_FRAGMENT + data.length);
  return Buffer.concat([header, data]);
}

/** Puts records together from what a TCP connection brings, in whatever pieces. */
export class RecordReader {
  #waiting: Buffer = Buffer.alloc(0);
  #fragments: Buffer[] = [];
  #size = 0;

  /**
   * Records that are complete with this piece.
   * @throws RpcFailure `garbage` for a record above `RECORD_LIMIT_BYTES`, and for fragments without end
   */
  push(piece: Buffer): Buffer[] {
    this.#waiting = Buffer.concat([this.#waiting, piece]);
    const records: Buffer[] = [];
    while (this.#waiting.length >= 4) {
      const header = this.#waiting.readUInt32BE();
      const isLast = header >= LAST_FRAGMENT;
      const length = isLast ? header - LAST_FRAGMENT : header;
      this.#checkLength(length, isLast);
      if (this.#waiting.length < 4 + length) {
        break;
      }
      this.#fragments.push(this.#waiting.subarray(4, 4 + length));
      this.#size += length;
      this.#waiting = this.#waiting.subarray(4 + length);
      if (isLast) {
        records.push(Buffer.concat(this.#fragments));
        this.#fragments = [];
        this.#size = 0;
      }
    }
    return records;
  }

  #checkLength(length: number, isLast: boolean): void {
    if (this.#size + length > RECORD_LIMIT_BYTES) {
      const size = this.#size + length;
      throw new RpcFailure('garbage', `a record of ${size} bytes where at most ${RECORD_LIMIT_BYTES} may be`);
    }
    if (length === 0 && !isLast) {
      throw new RpcFailure('garbage', 'an empty fragment in the middle of a record');
    }
  }
}
