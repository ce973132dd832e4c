import { NFS4, NfsFailure } from './nfs-status.ts';
import type { RpcConnection } from './rpc-connection.ts';
import { RpcFailure } from './rpc-failure.ts';
import { PROGRAM } from './rpc-message.ts';
import { type XdrReader, XdrWriter } from './xdr.ts';

const COMPOUND = 1;
const TAG_LIMIT_BYTES = 1024;

/** One operation of a compound: how it is asked, and how its result is read if it succeeded. */
export interface Operation<T> {
  readonly name: string;
  readonly code: number;
  encode(writer: XdrWriter): void;
  decode(reader: XdrReader): T;
}

type Results<O extends readonly Operation<unknown>[]> = {
  readonly [K in keyof O]: O[K] extends Operation<infer T> ? T : never;
};

/** Who asks, and in which minor version. */
export interface Asker {
  readonly minorVersion: 0 | 1;
  readonly user: { readonly uid: number; readonly gid: number };
}

/**
 * Does operations one after the other [RFC 7530 16.2], and gives the result of each.
 * @throws NfsFailure of the first that was refused
 * @throws RpcFailure
 */
export async function compound<const O extends readonly Operation<unknown>[]>(
  connection: RpcConnection,
  { minorVersion, user }: Asker,
  operations: O,
): Promise<Results<O>> {
  const args = new XdrWriter().string('').uint32(minorVersion, operations.length);
  for (const operation of operations) {
    args.uint32(operation.code);
    operation.encode(args);
  }
  const call = { program: PROGRAM.nfs, version: 4, procedure: COMPOUND, user, args: args.bytes() };
  return decodeResults(await connection.call(call), operations);
}

/** What a compound's reply says of each operation. */
export function decodeResults<const O extends readonly Operation<unknown>[]>(
  reader: XdrReader,
  operations: O,
): Results<O> {
  const status = reader.uint32();
  reader.opaque(TAG_LIMIT_BYTES);
  const count = reader.uint32();
  const results: unknown[] = [];
  for (const [index, operation] of operations.entries()) {
    if (index >= count) {
      // Refused as a whole, such as a minor version; or cut off without a word.
      if (status !== NFS4.ok) {
        throw new NfsFailure('COMPOUND', status);
      }
      throw new RpcFailure('garbage', `${count} results to ${operations.length} operations`);
    }
    const code = reader.uint32();
    if (code !== operation.code) {
      throw new RpcFailure('garbage', `the result of operation ${code} in place of ${operation.name}'s`);
    }
    const each = reader.uint32();
    if (each !== NFS4.ok) {
      throw new NfsFailure(operation.name, each);
    }
    results.push(operation.decode(reader));
  }
  return results as Results<O>;
}
