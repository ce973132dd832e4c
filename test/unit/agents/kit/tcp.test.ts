import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { TcpFailure, tcpConnect } from '../../../../agents/kit/tcp.ts';

const signal = new AbortController().signal;

async function listener(host: string): Promise<{ port: number; closed: Promise<unknown> } & AsyncDisposable> {
  const server = createServer();
  const closed = new Promise((resolve) => {
    server.once('connection', (socket) =>
      socket
        .on('error', () => undefined)
        .resume()
        .once('close', resolve),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    closed,
    [Symbol.asyncDispose]: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

it.each([
  ['127.0.0.1', '127.0.0.1', {}],
  ['127.0.0.1', 'localhost', {}],
  ['127.0.0.1', 'localhost', { localAddress: '127.0.0.2' }],
  ['::1', '::1', { localAddress: '::1' }],
  ['::1', 'localhost', {}],
])('finds a listener on %s by %s with %o, and leaves no connection', async (at, host, more) => {
  await using server = await listener(at);
  await tcpConnect({ host, port: server.port, timeoutMs: 10_000, signal, ...more });
  await server.closed;
});

it('tells that nothing listens', async () => {
  const { port, ...server } = await listener('::1');
  await server[Symbol.asyncDispose]();
  const error = await tcpConnect({ host: '::1', port, timeoutMs: 10_000, signal }).catch((reason) => reason);
  expect(error).toBeInstanceOf(TcpFailure);
  expect(error).toMatchObject({
    kind: 'refused',
    message: `Expected a listener on [::1]:${port}, got connection refused: nothing listens there`,
  });
});

it('ends with its time, and with its signal', async () => {
  // A name that is looked up takes longer than the next timer or abort.
  const question = { host: 'name.invalid', port: 1, signal };
  await expect(tcpConnect({ ...question, timeoutMs: 0 })).rejects.toThrow(
    /got no connection within 0 ms|no a/,
  );
  const reason = new Error('enough');
  await expect(tcpConnect({ ...question, timeoutMs: 9, signal: AbortSignal.abort(reason) })).rejects.toBe(
    reason,
  );
  const stop = new AbortController();
  const asked = tcpConnect({ ...question, timeoutMs: 10_000, signal: stop.signal });
  stop.abort(reason);
  await expect(asked).rejects.toBe(reason);
});
