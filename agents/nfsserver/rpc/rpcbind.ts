import type { RpcConnection } from './rpc-connection.ts';
import { RpcFailure } from './rpc-failure.ts';
import { PROGRAM } from './rpc-message.ts';

/** rpcbind's own port, of all machines [RFC 1833]. */
export const RPCBIND_PORT = 111;

const VERSION = 2;
const PROCEDURE = { null: 0, dump: 4 } as const;

/** More registrations than any machine has. */
const LIMIT = 1000;

/** One program that said where it is. */
export interface Registration {
  readonly program: number;
  readonly version: number;
  /** Of IP: 6 TCP, 17 UDP. */
  readonly protocol: number;
  readonly port: number;
}

/**
 * Whether rpcbind answers.
 * @throws RpcFailure if it does not
 */
export async function callRpcbind(connection: RpcConnection): Promise<void> {
  await connection.call({ program: PROGRAM.rpcbind, version: VERSION, procedure: PROCEDURE.null });
}

/** All programs that are registered, rpcbind itself among them. */
export async function listRegistrations(connection: RpcConnection): Promise<readonly Registration[]> {
  const call = { program: PROGRAM.rpcbind, version: VERSION, procedure: PROCEDURE.dump };
  const reader = await connection.call(call);
  const all: Registration[] = [];
  while (reader.boolean()) {
    if (all.length === LIMIT) {
      throw new RpcFailure('garbage', `more than ${LIMIT} registrations`);
    }
    const [program, version, protocol, port] = [
      reader.uint32(),
      reader.uint32(),
      reader.uint32(),
      reader.uint32(),
    ];
    all.push({ program, version, protocol, port });
  }
  return all;
}
