import type { AgentContext, Parameters } from '../../kit/index.ts';
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
  const isDone = new AbortController();
  const isTimeUp = new AbortController();
  const timer = clock.sleep(limitMs, AbortSignal.any([signal, isDone.signal])).then(
    () => isTimeUp.abort(),
    () => undefined, // done, or given up, before that
  );
  try {
    const target = { host, port, clock, signal: AbortSignal.any([signal, isTimeUp.signal]) };
    return await RpcConnection.with(target, use);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    isDone.abort();
    await timer;
  }
}
