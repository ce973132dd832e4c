/** Where things lie in libqb's shared-memory rings, on 64-bit little-endian machines; offsets in bytes. */
export const HEADER = {
  writeIndex: 0,
  readIndex: 4,
  ringWords: 8,
  headerPath: 12,
  dataPath: 4108,
  references: 8204,
  semaphore: 8208,
  /** The size of a header file; one that is shorter must not be touched. */
  bytes: 8248,
  /**
   * The request ring's is a word longer. In it and the one before, libqb's flow control could keep the client from sending:
   * left 0, because a client that is behind with events and asks something would try until its time is over, and read none.
   */
  requestBytes: 8252,
} as const;

/** Room for a path in the header of a ring, its NUL included. */
export const PATH_BYTES = 4096;
export const WORD_BYTES = 4;
/** Length and magic before each payload. */
export const CHUNK_HEAD_BYTES = 8;
/** What must be free beside the payload: with it the indices of a ring are equal only when it is empty. */
export const CHUNK_MARGIN_BYTES = 12;

export const MAGIC = { ready: 0xa1a1a1a1, consumed: 0xd0d0d0d0 } as const;

/** The size of a data file whose largest message is `maxBytes`; the client computes the same. */
export function ringBytes(maxBytes: number, pageBytes: number): number {
  return Math.ceil((maxBytes + CHUNK_MARGIN_BYTES + 1) / pageBytes) * pageBytes;
}
