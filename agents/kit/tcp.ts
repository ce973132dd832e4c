import { connect, isIP } from 'node:net';
import { lookupFor } from './loopback.ts';
import { explainNetworkError, type NetworkErrorKind } from './network-error.ts';

/** A connection to try. */
export interface TcpQuestion {
  /** Name or address, without brackets. */
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
  /** The address to connect from. */
  readonly localAddress?: string;
  /** Ends it; rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

/** No connection, and why, in one line for people. */
export class TcpFailure extends Error {
  override readonly name = 'TcpFailure';
  readonly kind: NetworkErrorKind | 'timeout';

  constructor(kind: TcpFailure['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/**
 * Connects to a port and closes the connection again: says that somebody listens, not that he answers.
 * @throws TcpFailure
 */
export function tcpConnect({ host, port, timeoutMs, localAddress, signal }: TcpQuestion): Promise<void> {
  const expected = `Expected a listener on ${host.includes(':') ? `[${host}]` : host}:${port}, got`;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const lookup = lookupFor(host);
    const socket = connect({
      host,
      port,
      ...(localAddress === undefined ? {} : { localAddress, family: isIP(localAddress) }),
      ...(lookup === undefined ? {} : { lookup }),
    });
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      settle();
    };
    const onTime = (): void =>
      end(() => reject(new TcpFailure('timeout', `${expected} no connection within ${timeoutMs} ms`)));
    const onAbort = (): void => end(() => reject(signal.reason));
    const timer = setTimeout(onTime, timeoutMs);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', () => end(resolve));
    socket.on('error', (error) => {
      const { kind, words } = explainNetworkError(error);
      end(() => reject(new TcpFailure(kind, `${expected} ${words}`, { cause: error })));
    });
  });
}
