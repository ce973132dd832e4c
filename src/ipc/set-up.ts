/** The exchange of two messages on a connection's socket before there are rings: libqb's set-up. */

/** What a client sends first. */
export const REQUEST_BYTES = 24;
/** Our answer, one write; refusals have the same length. */
export const REPLY_BYTES = 12_328;

const AUTHENTICATE = -1;
const SHARED_MEMORY = 1;
/** Unused by clients; any number but 0. */
const COOKIE = 1n;

const REQUEST_AT = { id: 0, size: 8, maxBytes: 16 } as const;
const REPLY_AT = {
  id: 0,
  size: 8,
  error: 16,
  transport: 24,
  maxBytes: 28,
  cookie: 32,
  request: 40,
  response: 4136,
  event: 8232,
} as const;

/** Where the three rings of a connection are: paths without `-header` and `-data`. */
export interface RingPaths {
  readonly request: string;
  readonly response: string;
  readonly event: string;
}

/** The largest message that the client asks for, in bytes; undefined when it is no request of libqb's. */
export function readSetUpRequest(bytes: Buffer): number | undefined {
  const isRequest =
    bytes.length === REQUEST_BYTES &&
    bytes.readInt32LE(REQUEST_AT.id) === AUTHENTICATE &&
    bytes.readInt32LE(REQUEST_AT.size) === REQUEST_BYTES;
  return isRequest ? bytes.readUInt32LE(REQUEST_AT.maxBytes) : undefined;
}

/** Lets the client in. */
export function writeGrant(maxBytes: number, paths: RingPaths): Buffer {
  const reply = beginReply(0);
  reply.writeInt32LE(SHARED_MEMORY, REPLY_AT.transport);
  reply.writeUInt32LE(maxBytes, REPLY_AT.maxBytes);
  reply.writeBigInt64LE(COOKIE, REPLY_AT.cookie);
  reply.write(paths.request, REPLY_AT.request);
  reply.write(paths.response, REPLY_AT.response);
  reply.write(paths.event, REPLY_AT.event);
  return reply;
}

/** @param error a negative errno, which the client's tool shows in words */
export function writeRefusal(error: number): Buffer {
  return beginReply(error);
}

function beginReply(error: number): Buffer {
  const reply = Buffer.alloc(REPLY_BYTES);
  reply.writeInt32LE(AUTHENTICATE, REPLY_AT.id);
  reply.writeInt32LE(REPLY_BYTES, REPLY_AT.size);
  reply.writeInt32LE(error, REPLY_AT.error);
  return reply;
}
