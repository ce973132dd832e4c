// Whatever a server says: an answer, or one clear failure, and in time.
import { type AddressInfo, createServer, type Server } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HttpFailure, httpGet } from '../../agents/kit/http.ts';
import { settings } from './settings.ts';

let says: readonly string[] = [];
let server: Server;

beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      for (const piece of says) {
        socket.write(piece, 'latin1');
      }
      socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const PIECES = [
  ...[
    'HTTP/1.1 200 OK\r\n',
    'HTTP/1.0 302 Found\r\n',
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 101 x\r\n',
    '\r\n',
  ],
  ...[
    'HTTP/1.1 204 No\r\n',
    'HTTP/1.1 999 x\r\n',
    'Content-Length: 3\r\n',
    'Content-Length: -1\r\n',
    'a',
    'abc',
    '0\r\n\r\n',
  ],
  ...[
    'Transfer-Encoding: chunked\r\n',
    'Location: /\r\n',
    'Location: http://\r\n',
    'Location: ftp://x/\r\n',
    '3\r\nabc\r\n',
  ],
  ...[
    'Location: http://127.0.0.1:1/\r\n',
    'Connection: keep-alive\r\n',
    'Upgrade: x\r\n',
    ': \r\n',
    'ffffffff\r\n',
    '\0',
    '\n',
  ],
];

it('gives an answer or a failure for whatever a server says', async () => {
  const said = fc.array(
    fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...PIECES) }, fc.string({ unit: 'binary' })),
  );
  await fc.assert(
    fc.asyncProperty(said, fc.boolean(), async (pieces, isStarted) => {
      says = isStarted ? ['HTTP/1.1 200 OK\r\n', ...pieces] : pieces;
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const signal = new AbortController().signal;
      const got = await httpGet({ url, timeoutMs: 60_000, maxBodyBytes: 100, signal }).catch(
        (error) => error,
      );
      if (got instanceof HttpFailure) {
        expect(got.kind).not.toBe('timeout');
        expect(got.message).not.toMatch(/[\r\n]/);
      } else {
        expect(got).toMatchObject({ status: expect.any(Number), body: expect.any(String) });
      }
    }),
    settings(300),
  );
});

it('reads or refuses any URL', async () => {
  const url = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl(),
    fc.string().map((text) => `http://127.0.0.1:1/${text}`),
  );
  await fc.assert(
    fc.asyncProperty(url, async (text) => {
      // Only this machine is asked.
      const parsed = URL.parse(text);
      fc.pre(parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.hostname === '127.0.0.1');
      const signal = new AbortController().signal;
      await expect(httpGet({ url: text, timeoutMs: 60_000, signal })).rejects.toBeInstanceOf(HttpFailure);
    }),
    settings(200),
  );
});
