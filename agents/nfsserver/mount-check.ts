import type { Endpoint } from './engine.ts';
import type { NfsContext } from './parameters.ts';
import { callServer } from './rpc/call-server.ts';
import type { RpcConnection } from './rpc/rpc-connection.ts';
import { RpcFailure } from './rpc/rpc-failure.ts';
import { PROGRAM } from './rpc/rpc-message.ts';
import { listRegistrations, RPCBIND_PORT } from './rpc/rpcbind.ts';
import { XdrWriter } from './rpc/xdr.ts';

const VERSION = 3;
const PROCEDURE = { null: 0, mount: 1, unmount: 3 } as const;
const TCP = 6;

/** Words for mountstat3 [RFC 1813 5.1.5]. */
const WORDS: Readonly<Record<number, string>> = {
  1: 'MNT3ERR_PERM',
  2: 'MNT3ERR_NOENT',
  5: 'MNT3ERR_IO',
  13: 'MNT3ERR_ACCES: is it exported to this machine too',
  20: 'MNT3ERR_NOTDIR',
  22: 'MNT3ERR_INVAL',
  10004: 'MNT3ERR_NOTSUPP',
  10006: 'MNT3ERR_SERVERFAULT',
};

/** How clients of NFSv3 come to an export: by the mount daemon, which rpcbind or a parameter names. */
export async function checkMounts(
  context: NfsContext,
  { host, exports }: Endpoint,
  limitMs: number,
): Promise<void> {
  const port = context.params.mountd_port ?? (await findMountd(context, limitMs));
  await callServer(context, { host, port, limitMs }, async (connection) => {
    await call(connection, PROCEDURE.null);
    for (const path of exports.flatMap(({ path: known }) => (known === undefined ? [] : [known]))) {
      await checkMount(connection, path);
    }
  });
}

async function findMountd(context: NfsContext, limitMs: number): Promise<number> {
  const server = { host: '127.0.0.1', port: RPCBIND_PORT, limitMs };
  const all = await callServer(context, server, listRegistrations);
  const found = all.find(
    ({ program, version, protocol }) => program === PROGRAM.mount && version === VERSION && protocol === TCP,
  );
  if (found === undefined) {
    throw new RpcFailure('unreachable', 'no mount daemon among the programs of rpcbind');
  }
  return found.port;
}

async function checkMount(connection: RpcConnection, path: string): Promise<void> {
  const status = (await call(connection, PROCEDURE.mount, path)).uint32();
  if (status !== 0) {
    throw new RpcFailure('refused', `${WORDS[status] ?? `status ${status}`} to the mount of ${path}`);
  }
  // The daemon keeps a list of who has mounted what.
  await call(connection, PROCEDURE.unmount, path);
}

const call = (connection: RpcConnection, procedure: number, path?: string) =>
  connection.call({
    program: PROGRAM.mount,
    version: VERSION,
    procedure,
    ...(path === undefined ? {} : { user: { uid: 0, gid: 0 }, args: new XdrWriter().string(path).bytes() }),
  });
