// A TCP proxy between a peer and the daemon that can lose the connection as a broken network does.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface ResetProxy extends AsyncDisposable {
  readonly port: number;
  /** Resets every connection, at both ends. */
  reset(): void;
}

export async function startResetProxy(host: string, port: number): Promise<ResetProxy> {
  const sockets: Socket[] = [];
  const reset = (): void => {
    for (const socket of sockets.splice(0)) {
      socket.resetAndDestroy();
    }
  };
  const server = createServer((near) => {
    const far = connect({ host, port });
    sockets.push(near, far);
    for (const socket of [near, far]) {
      // Either end may be the first to go.
      socket.on('error', () => reset());
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((listening) => server.listen(0, host, listening));
  return {
    port: (server.address() as AddressInfo).port,
    reset,
    [Symbol.asyncDispose]: async () => {
      reset();
      await new Promise((closed) => server.close(closed));
    },
  };
}
