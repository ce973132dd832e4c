import type { Clock } from '../../kit/index.ts';
import { type Asker, compound, type Operation } from './compound.ts';
import { NFS4, NfsFailure } from './nfs-status.ts';
import { getHandle, putHandle, remove, walk } from './operations.ts';
import type { RpcConnection } from './rpc-connection.ts';
import { RpcFailure } from './rpc-failure.ts';
import {
  closeFile,
  createFile,
  createSession,
  destroyClient,
  destroySession,
  exchangeId,
  inSequence,
  readData,
  reclaimComplete,
  writeData,
} from './session-operations.ts';

/** What is written where. */
export interface WriteProbe {
  /** The export's path in NFSv4's tree. */
  readonly pseudo: string;
  readonly user: Asker['user'];
  /** Of the file, and of the client that the server sees; the same one for every probe of a resource. */
  readonly name: string;
  readonly clock: Clock;
}

/**
 * Creates a file in an export, writes, reads back, and removes it. By NFSv4.1, because its clients can take their leave:
 * one of 4.0 would stay in the server's records, and every restart would wait the whole grace period for it.
 * @throws NfsFailure, with `NFS4.grace` while only clients from before a restart may open files
 * @throws RpcFailure
 */
export async function probeWriting(connection: RpcConnection, probe: WriteProbe): Promise<void> {
  const asker: Asker = { minorVersion: 1, user: probe.user };
  const verifier = BigInt(Math.floor(probe.clock.nowMs() * 1000));
  const [client] = await compound(connection, asker, [exchangeId(probe.name, verifier)]);
  try {
    const [session] = await compound(connection, asker, [createSession(client)]);
    try {
      await writeInSession(new Session(connection, asker, session), client.id, probe);
    } finally {
      await quietly(compound(connection, asker, [destroySession(session)]));
    }
  } finally {
    await quietly(compound(connection, asker, [destroyClient(client.id)]));
  }
}

async function writeInSession(session: Session, client: bigint, { pseudo, name }: WriteProbe): Promise<void> {
  const data = Buffer.from(`Written by Bundlet's health check of ${pseudo}\n`);
  await session.do([reclaimComplete]);
  const opened = await session.do([...walk(pseudo), createFile(client, name), getHandle]);
  const [state, handle] = opened.slice(-2) as [Buffer, Buffer];
  const clear = async (): Promise<void> => {
    await session.do([putHandle(handle), closeFile(state)]);
    await session.do([...walk(pseudo), remove(name)]);
  };
  try {
    const [, written, read] = (await session.do([
      putHandle(handle),
      writeData(state, data),
      readData(state, data.length),
    ])) as [undefined, number, Buffer];
    if (written !== data.length || !read.equals(data)) {
      throw new RpcFailure('garbage', `${read.length} other bytes than the ${data.length} that were written`);
    }
  } catch (error) {
    await quietly(clear());
    throw error;
  }
  await clear();
}

/** Compounds with the sequence that a session wants before each. */
class Session {
  readonly #connection: RpcConnection;
  readonly #asker: Asker;
  readonly #id: Buffer;
  #sequence = 1;

  constructor(connection: RpcConnection, asker: Asker, id: Buffer) {
    this.#connection = connection;
    this.#asker = asker;
    this.#id = id;
  }

  async do(operations: readonly Operation<unknown>[]): Promise<readonly unknown[]> {
    const all = [inSequence(this.#id, this.#sequence++), ...operations];
    return (await compound(this.#connection, this.#asker, all)).slice(1);
  }
}

/** What clears up must not hide why it was to be cleared up; what it leaves is for the next probe, which takes over. */
async function quietly(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof NfsFailure || error instanceof RpcFailure)) {
      throw error;
    }
  });
}

/** Whether somebody refused because it is too early. */
export const isGrace = (error: unknown): boolean =>
  error instanceof NfsFailure && error.status === NFS4.grace;
