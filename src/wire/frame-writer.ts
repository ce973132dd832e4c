import { AgentError } from '../errors/agent-error.ts';
import { encodeHeader } from './header.ts';
import { HEADER_BYTES, MESSAGE_LIMIT_BYTES } from './limits.ts';

/** A message ready to be sent: header and payload must leave in records of their own [protocol 2.5]. */
export interface Frame {
  readonly header: Buffer;
  readonly payload: Buffer;
}

/** Makes frames, numbered 1, 2, 3 … One for the whole process, as in the C daemon [protocol 2.1]. */
export class FrameWriter {
  #id = 0;

  /** @throws AgentError FRAME_TOO_LARGE when the peer would drop the connection for it. */
  frame(text: string): Frame {
    const payload = Buffer.allocUnsafe(Buffer.byteLength(text) + 1);
    payload.write(text);
    payload[payload.length - 1] = 0;
    if (HEADER_BYTES + payload.length > MESSAGE_LIMIT_BYTES) {
      throw new AgentError(
        'FRAME_TOO_LARGE',
        `Expected a message of at most ${MESSAGE_LIMIT_BYTES} bytes, got ${HEADER_BYTES + payload.length}`,
        { details: { bytes: HEADER_BYTES + payload.length } },
      );
    }
    this.#id += 1;
    return { header: encodeHeader(this.#id, payload.length), payload };
  }
}
