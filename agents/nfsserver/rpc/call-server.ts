import { type AgentContext, LinkedAbort, type Parameters } from '../../kit/index.ts';
import { RpcConnection } from './rpc-connection.ts';

/** Which server, and how long all calls together may take. */
export interface Server {
  readonly host: string;
  readonly port: number;
  readonly limitMs: number;
}

/**
 * Calls a server over a connection of its own, within a time.
 * @throws RpcFailure; the action's own reason when that is over
 */
export async function callServer<P extends Parameters, T>(
  { clock, signal }: Pick<AgentContext<P>, 'clock' | 'signal'>,
  { host, port, limitMs }: Server,
  use: (connection: RpcConnection) => Promise<T>,
): Promise<T> {
  const isDone = new LinkedAbort(signal);
  const isTimeUp = new LinkedAbort(signal);
  const timer = clock.sleep(limitMs, isDone.signal).then(
    () => isTimeUp.abort(undefined),
    () => undefined, // done, or given up, before that
  );
  try {
    const target = { host, port, clock, signal: isTimeUp.signal };
    return await RpcConnection.with(target, use);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    isDone.abort(undefined);
    isDone.release();
    isTimeUp.release();
    await timer;
  }
}
