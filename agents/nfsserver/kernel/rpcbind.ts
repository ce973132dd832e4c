import type { NfsContext } from '../parameters.ts';
import { callServer } from '../rpc/call-server.ts';
import { RpcFailure } from '../rpc/rpc-failure.ts';
import { callRpcbind, RPCBIND_PORT } from '../rpc/rpcbind.ts';

/** For an answer of this machine's own programs. */
const ANSWER_MS = 2000;

/** Whether rpcbind is there: also that of a host whose network a container shares, and whose processes it can't see. */
export async function isRpcbindThere(context: NfsContext): Promise<boolean> {
  try {
    await callServer(context, { host: '127.0.0.1', port: RPCBIND_PORT, limitMs: ANSWER_MS }, callRpcbind);
    return true;
  } catch (error) {
    if (error instanceof RpcFailure) {
      return false;
    }
    throw error;
  }
}
