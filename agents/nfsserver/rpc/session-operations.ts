// Operations of NFSv4.1 with a client, a session and open files [RFC 8881 18].
import type { Operation } from './compound.ts';
import { RpcFailure } from './rpc-failure.ts';
import type { XdrReader, XdrWriter } from './xdr.ts';

const SESSION_BYTES = 16;
const VERIFIER_BYTES = 8;
const STATE_BYTES = 16;
const CHANGE_BYTES = 20;
const OWNER_LIMIT_BYTES = 1024;
const DATA_LIMIT_BYTES = 4096;
const BITMAP_LIMIT = 8;

const nothing = (): undefined => undefined;

/** One slot of a session is enough for one call at a time. */
const CHANNEL = {
  headerPad: 0,
  maxRequest: 8192,
  maxResponse: 8192,
  maxCached: 2048,
  maxOperations: 64,
  slots: 1,
};

/** A client as the server knows it. */
export interface ClientId {
  readonly id: bigint;
  readonly sequence: number;
}

/** Makes this client known. Another verifier with the same owner is its next life: what the former one held is gone. */
export const exchangeId = (owner: string, verifier: bigint): Operation<ClientId> => ({
  name: 'EXCHANGE_ID',
  code: 42,
  encode: (writer) => {
    writer.uint64(verifier).string(owner);
    writer.uint32(0, 0, 0); // no flags, no state protection, no word of who made this client
  },
  decode: (reader) => {
    const id = reader.uint64();
    const sequence = reader.uint32();
    reader.uint32(); // flags
    const protection = reader.uint32();
    if (protection !== 0) {
      throw new RpcFailure('garbage', `state protection ${protection} that was not asked for`);
    }
    reader.uint64(); // the server's minor id
    reader.opaque(OWNER_LIMIT_BYTES);
    reader.opaque(OWNER_LIMIT_BYTES); // its scope
    for (let count = reader.uint32(); count > 0; count--) {
      reader.opaque(OWNER_LIMIT_BYTES);
      reader.opaque(OWNER_LIMIT_BYTES);
      reader.fixed(12); // when it was built
    }
    return { id, sequence };
  },
});

/** A session of a client; gives its id. */
export const createSession = ({ id, sequence }: ClientId): Operation<Buffer> => ({
  name: 'CREATE_SESSION',
  code: 43,
  encode: (writer) => {
    writer.uint64(id).uint32(sequence, 0);
    channel(writer);
    channel(writer);
    writer.uint32(0); // no program for callbacks
    writer.list([0]); // which need no authentication
  },
  decode: (reader) => {
    const session = Buffer.from(reader.fixed(SESSION_BYTES));
    reader.fixed(8); // sequence and flags
    skipChannel(reader);
    skipChannel(reader);
    return session;
  },
});

function channel(writer: XdrWriter): void {
  const { headerPad, maxRequest, maxResponse, maxCached, maxOperations, slots } = CHANNEL;
  writer.uint32(headerPad, maxRequest, maxResponse, maxCached, maxOperations, slots).list([]);
}

function skipChannel(reader: XdrReader): void {
  reader.fixed(6 * 4);
  reader.skipList(1);
}

/** First operation of every compound in a session; numbers count from 1. */
export const inSequence = (session: Buffer, number: number): Operation<undefined> => ({
  name: 'SEQUENCE',
  code: 53,
  encode: (writer) => void writer.fixed(session).uint32(number, 0, 0, 0),
  decode: (reader) => {
    reader.fixed(SESSION_BYTES + 5 * 4);
  },
});

/** This client has nothing to take back from before the server's restart. */
export const reclaimComplete: Operation<undefined> = {
  name: 'RECLAIM_COMPLETE',
  code: 58,
  encode: (writer) => void writer.boolean(false),
  decode: nothing,
};

/** Makes an empty file, readable by its owner alone, or empties it; opens it for reading and writing, gives the state's id. */
export const createFile = (client: bigint, name: string): Operation<Buffer> => ({
  name: 'OPEN',
  code: 18,
  encode: (writer) => {
    const noDelegation = 0x0400;
    writer.uint32(0, 3 | noDelegation, 0);
    writer.uint64(client).string(name); // the open's owner
    writer.uint32(1, 0); // create, unchecked
    const size = 1 << 4;
    const mode = 1 << 1; // 33, in the second word
    writer.list([size, mode]).uint32(12).uint64(0n).uint32(0o600);
    writer.uint32(0).string(name); // by name
  },
  decode: (reader) => {
    const state = Buffer.from(reader.fixed(STATE_BYTES));
    reader.fixed(CHANGE_BYTES);
    reader.uint32(); // flags
    reader.skipList(BITMAP_LIMIT);
    skipNoDelegation(reader);
    return state;
  },
});

/** [RFC 8881 18.16.2] */
function skipNoDelegation(reader: XdrReader): void {
  const [none, noneWithReason] = [0, 3];
  const [contention, resource] = [1, 2];
  const kind = reader.uint32();
  if (kind === noneWithReason) {
    const reason = reader.uint32();
    if (reason === contention || reason === resource) {
      reader.boolean();
    }
  } else if (kind !== none) {
    throw new RpcFailure('garbage', `a delegation of kind ${kind} that was not wanted`);
  }
}

/** Writes at the file's beginning, and has it on disk when it succeeds; gives how much was written. */
export const writeData = (state: Buffer, data: Buffer): Operation<number> => ({
  name: 'WRITE',
  code: 38,
  encode: (writer) => void writer.fixed(state).uint64(0n).uint32(2).opaque(data),
  decode: (reader) => {
    const count = reader.uint32();
    reader.fixed(4 + VERIFIER_BYTES);
    return count;
  },
});

/** Reads the file's beginning. */
export const readData = (state: Buffer, count: number): Operation<Buffer> => ({
  name: 'READ',
  code: 25,
  encode: (writer) => void writer.fixed(state).uint64(0n).uint32(count),
  decode: (reader) => {
    reader.boolean(); // whether that was the end
    return Buffer.from(reader.opaque(DATA_LIMIT_BYTES));
  },
});

/** Closes an open file. */
export const closeFile = (state: Buffer): Operation<undefined> => ({
  name: 'CLOSE',
  code: 4,
  encode: (writer) => void writer.uint32(0).fixed(state),
  decode: (reader) => {
    reader.fixed(STATE_BYTES);
  },
});

/** Ends a session; a compound of its own. */
export const destroySession = (session: Buffer): Operation<undefined> => ({
  name: 'DESTROY_SESSION',
  code: 44,
  encode: (writer) => void writer.fixed(session),
  decode: nothing,
});

/** Makes the server forget this client, so that it waits for nobody after a restart; a compound of its own. */
export const destroyClient = (client: bigint): Operation<undefined> => ({
  name: 'DESTROY_CLIENTID',
  code: 57,
  encode: (writer) => void writer.uint64(client),
  decode: nothing,
});
