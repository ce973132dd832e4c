import { RpcFailure } from './rpc-failure.ts';
import { XdrReader, XdrWriter } from './xdr.ts';

/** Programs [RFC 5531 13, RFC 1833, RFC 1813]. */
export const PROGRAM = { rpcbind: 100_000, nfs: 100_003, mount: 100_005 } as const;

const MESSAGE = { call: 0, reply: 1 } as const;
const REPLY = { accepted: 0, denied: 1 } as const;
const REJECTED = { rpcMismatch: 0, authError: 1 } as const;
const ACCEPTED = { success: 0, programMismatch: 2 } as const;
const AUTH = { none: 0, sys: 1 } as const;
const RPC_VERSION = 2;

/** Most that a verifier may have [RFC 5531 8.2]. */
const AUTH_LIMIT_BYTES = 400;

/** Words for other values of accept_stat [RFC 5531 9]. */
const ACCEPT_WORDS: Readonly<Record<number, string>> = {
  1: 'PROG_UNAVAIL: the server does not have this program',
  3: 'PROC_UNAVAIL: the server does not have this procedure',
  4: 'GARBAGE_ARGS: the server could not read the call',
  5: 'SYSTEM_ERR: the server failed',
};

/** Words for auth_stat [RFC 5531 9]. */
const AUTH_WORDS: Readonly<Record<number, string>> = {
  1: 'AUTH_BADCRED',
  2: 'AUTH_REJECTEDCRED',
  3: 'AUTH_BADVERF',
  4: 'AUTH_REJECTEDVERF',
  5: 'AUTH_TOOWEAK: the server wants Kerberos, or a privileged port',
};

/** One call. */
export interface RpcCall {
  readonly program: number;
  readonly version: number;
  readonly procedure: number;
  /** Caller's user, for AUTH_SYS. Default: AUTH_NONE. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Its arguments, encoded. Default: none. */
  readonly args?: Buffer;
}

/** A call message [RFC 5531 9]. */
export function encodeCall(xid: number, { program, version, procedure, user, args }: RpcCall): Buffer {
  const call = new XdrWriter().uint32(xid, MESSAGE.call, RPC_VERSION, program, version, procedure);
  if (user === undefined) {
    call.uint32(AUTH.none, 0);
  } else {
    const { uid, gid } = user;
    const credentials = new XdrWriter().uint32(0).string('bundlet').uint32(uid, gid).list([]);
    call.uint32(AUTH.sys).opaque(credentials.bytes());
  }
  call.uint32(AUTH.none, 0);
  return Buffer.concat([call.bytes(), args ?? Buffer.alloc(0)]);
}

/** Number of the call that a reply belongs to. */
export const xidOf = (reply: Buffer): number => new XdrReader(reply).uint32();

/**
 * What a reply brings, ready to be read.
 * @throws RpcFailure `mismatch` if the version is not served, `refused` for other refusals, `garbage`
 */
export function decodeReply(reply: Buffer): XdrReader {
  const reader = new XdrReader(reply);
  reader.uint32(); // xid
  const kind = reader.uint32();
  if (kind !== MESSAGE.reply) {
    throw new RpcFailure('garbage', `a message of kind ${kind} in place of a reply`);
  }
  const status = reader.uint32();
  if (status === REPLY.denied) {
    throw denial(reader);
  }
  if (status !== REPLY.accepted) {
    throw new RpcFailure('garbage', `a reply of unknown status ${status}`);
  }
  reader.uint32(); // the verifier's flavor
  reader.opaque(AUTH_LIMIT_BYTES);
  const accepted = reader.uint32();
  if (accepted === ACCEPTED.programMismatch) {
    const low = reader.uint32();
    const high = reader.uint32();
    throw new RpcFailure('mismatch', `PROG_MISMATCH: the server has versions ${low} to ${high}`);
  }
  if (accepted !== ACCEPTED.success) {
    const word = ACCEPT_WORDS[accepted];
    throw new RpcFailure(word === undefined ? 'garbage' : 'refused', word ?? `accept_stat ${accepted}`);
  }
  return reader;
}

function denial(reader: XdrReader): RpcFailure {
  const kind = reader.uint32();
  if (kind === REJECTED.authError) {
    const status = reader.uint32();
    return new RpcFailure('refused', `a denial, ${AUTH_WORDS[status] ?? `auth_stat ${status}`}`);
  }
  return kind === REJECTED.rpcMismatch
    ? new RpcFailure(
        'refused',
        `a denial: the server speaks versions ${reader.uint32()} to ${reader.uint32()} of RPC`,
      )
    : new RpcFailure('garbage', `a denial of unknown kind ${kind}`);
}
