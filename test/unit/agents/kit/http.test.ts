// Against real servers: Node's own, and raw sockets for those that are not well.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createRawServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HttpFailure, type HttpQuestion, httpGet } from '../../../../agents/kit/http.ts';
import { hasCerttool, type Issued, Pki } from '../../../helpers/pki.ts';

const servers: { server: Server; sockets: Set<Socket> }[] = [];

async function listen(server: Server, at: { host?: string; path?: string } = {}): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  });
  servers.push({ server, sockets });
  await new Promise<void>((resolve) =>
    at.path === undefined
      ? server.listen(0, at.host ?? '127.0.0.1', resolve)
      : server.listen(at.path, resolve),
  );
  return at.path === undefined ? (server.address() as AddressInfo).port : 0;
}

const serve = (listener: RequestListener, at?: { host?: string; path?: string }): Promise<number> =>
  listen(createServer(listener), at);

/** A server that says what it is told to, once something was asked, and hangs up if told so. */
const serveRaw = (text: string, { hangsUp = true } = {}): Promise<number> =>
  listen(
    createRawServer((socket) => {
      socket.once('data', () => (hangsUp ? socket.end(text, 'latin1') : socket.write(text, 'latin1')));
    }),
  );

const ask = (question: Partial<HttpQuestion> & { url: string }) =>
  httpGet({ timeoutMs: 10_000, signal: new AbortController().signal, ...question });

const failure = async (question: Partial<HttpQuestion> & { url: string }): Promise<HttpFailure> => {
  const error = await ask(question).then(
    (answer) => expect.fail(`got ${JSON.stringify(answer)}`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HttpFailure);
  expect((error as HttpFailure).message).not.toContain('\n');
  return error as HttpFailure;
};

afterEach(async () => {
  for (const { server, sockets } of servers.splice(0)) {
    // Every client has closed its connection, or will before the server must.
    await expect.poll(() => sockets.size, { timeout: 10_000 }).toBe(0);
    await new Promise((resolve) => server.close(resolve));
  }
});

describe('an answer', () => {
  it('has status, headers, body and URL', async () => {
    const port = await serve((request, response) => {
      response.writeHead(404, { 'X-Seen': `${request.method} ${request.url} ${request.headers.host}` });
      response.end('<html>größer</html>');
    });
    const url = `http://127.0.0.1:${port}/a%20b?c=d`;
    const answer = await ask({ url: `${url}#here` });
    expect(answer).toMatchObject({ status: 404, body: '<html>größer</html>', isBodyCut: false, url });
    expect(answer.headers['x-seen']).toBe(`GET /a%20b?c=d 127.0.0.1:${port}`);
  });

  it.each(['127.0.0.1', '::1'])('comes from localhost at %s', async (host) => {
    const port = await serve((_, response) => response.end('well'), { host });
    expect((await ask({ url: `http://localhost:${port}/` })).body).toBe('well');
    const literal = host.includes(':') ? `[${host}]` : host;
    expect((await ask({ url: `http://${literal}:${port}/`, localAddress: host })).body).toBe('well');
  });

  it('of HEAD has no body', async () => {
    const port = await serve((request, response) => response.end(request.method === 'HEAD' ? '' : 'body'));
    expect(await ask({ url: `http://127.0.0.1:${port}/`, method: 'HEAD' })).toMatchObject({
      status: 200,
      body: '',
    });
  });

  it('comes through a Unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bundlet-http-'));
    const socketPath = join(folder, 'socket');
    await serve((request, response) => response.end(request.headers.host), { path: socketPath });
    expect((await ask({ url: 'http://site.test:8080/', socketPath })).body).toBe('site.test:8080');
    expect((await failure({ url: 'http://site.test/', socketPath: join(folder, 'none') })).message).toBe(
      'Expected an answer to GET http://site.test/, got no such socket',
    );
    rmSync(folder, { recursive: true });
  });

  it('is asked for by other headers and by name and password', async () => {
    const port = await serve(({ headers }, response) =>
      response.end(`${headers.host} ${headers.authorization} ${headers['user-agent']}`),
    );
    const basic = `Basic ${Buffer.from('me:pass word').toString('base64')}`;
    const url = `http://127.0.0.1:${port}/`;
    const auth = { user: 'me', password: 'pass word' };
    expect((await ask({ url, auth, headers: { Host: 'site.test', 'User-Agent': 'x' } })).body).toBe(
      `site.test ${basic} x`,
    );
    const answer = await ask({ url: `http://me:pass%20word@127.0.0.1:${port}/` });
    expect(answer.body).toBe(`127.0.0.1:${port} ${basic} bundlet`);
    expect(answer.url).toBe(url);
  });

  it.each([
    ['HTTP/1.0 without a length', 'HTTP/1.0 200 OK\r\n\r\nall of it', 'all of it'],
    ['HTTP/1.1 without a length', 'HTTP/1.1 200 OK\r\n\r\nall of it', 'all of it'],
    [
      'chunks',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nall\r\n1\r\n!\r\n0\r\n\r\n',
      'all!',
    ],
    ['news before it', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 'ok'],
    ['Latin-1', 'HTTP/1.1 200 OK\r\n\r\ngr\xf6\xdfer', 'gr\ufffd\ufffder'],
  ])('may come with %s', async (_, text, body) => {
    const port = await serveRaw(text);
    expect(await ask({ url: `http://127.0.0.1:${port}/` })).toMatchObject({ status: 200, body });
  });

  it.each([
    [9, '123456789', true],
    [10, '1234567890', false],
    [11, '1234567890', false],
  ])('is cut at %i bytes of 10', async (maxBodyBytes, body, isBodyCut) => {
    const port = await serve((_, response) => response.end('1234567890'));
    expect(await ask({ url: `http://127.0.0.1:${port}/`, maxBodyBytes })).toMatchObject({ body, isBodyCut });
  });

  it('that never ends is cut at 1 MiB', async () => {
    const port = await serve((_, response) => {
      const write = (): void => {
        if (!response.destroyed) {
          response.write('x'.repeat(65_536));
          setImmediate(write);
        }
      };
      write();
    });
    const { body, isBodyCut } = await ask({ url: `http://127.0.0.1:${port}/` });
    expect([body.length, isBodyCut]).toEqual([1024 * 1024, true]);
  });
});

describe('a redirect', () => {
  it('is followed, with what belongs to the server kept from others', async () => {
    const other = await serve(({ headers }, response) => {
      const { host, authorization, cookie } = headers;
      response.end(JSON.stringify([host, authorization, cookie, headers['x-other']]));
    });
    const port = await serve((request, response) => {
      const to = request.url === '/' ? '/second' : `http://127.0.0.1:${other}/third`;
      response.writeHead(302, { Location: to }).end(String(request.headers.authorization));
    });
    const answer = await ask({
      url: `http://127.0.0.1:${port}/`,
      auth: { user: 'me', password: 'secret' },
      headers: { Host: 'site.test', Cookie: 'a=b', Authorization: 'mine', 'X-Other': 'kept' },
    });
    expect(answer.url).toBe(`http://127.0.0.1:${other}/third`);
    expect(JSON.parse(answer.body)).toEqual([`127.0.0.1:${other}`, null, null, 'kept']);
  });

  it('is the answer if none may be followed, or if it says not where to', async () => {
    const port = await serve((request, response) =>
      response.writeHead(301, request.url === '/' ? { Location: '/x' } : {}).end(),
    );
    expect((await ask({ url: `http://127.0.0.1:${port}/`, maxRedirects: 0 })).status).toBe(301);
    expect((await ask({ url: `http://127.0.0.1:${port}/nowhere` })).status).toBe(301);
  });

  it.each([
    [4, 'ok'],
    [5, 'ok'],
    [6, 'redirects'],
  ])('is followed 5 times: %i are %s', async (count, expected) => {
    const port = await serve((request, response) => {
      const number = Number(request.url?.slice(1));
      number === count ? response.end() : response.writeHead(307, { Location: `/${number + 1}` }).end();
    });
    const url = `http://127.0.0.1:${port}/0`;
    expect(expected === 'ok' ? (await ask({ url })).status : (await failure({ url })).kind).toBe(
      expected === 'ok' ? 200 : 'redirects',
    );
  });

  it('to something else than HTTP is told', async () => {
    const port = await serve((_, response) =>
      response.writeHead(302, { Location: 'file:///etc/passwd' }).end(),
    );
    expect((await failure({ url: `http://127.0.0.1:${port}/` })).message).toBe(
      `Expected http://127.0.0.1:${port}/ to send on to an URL with http: or https:, got "file:///etc/passwd"`,
    );
  });
});

describe('no answer', () => {
  it.each([
    ['HTTP/0.9', '<html>hello</html>\n', 'protocol', /not HTTP \(HPE_/],
    ['SMTP', '220 mail.test ESMTP\r\n', 'protocol', /not HTTP/],
    ['nothing', '', 'closed', /closed before the answer was complete/],
    ['half a head', 'HTTP/1.1 200 OK\r\nConte', 'closed', /closed before|not HTTP/],
    ['half a body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf', 'closed', /closed before/],
    [
      'half a chunk',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf',
      'closed',
      /closed before/,
    ],
    ['bad chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n', 'protocol', /not HTTP/],
    ['too many headers', `HTTP/1.1 200 OK\r\n${'A: b\r\n'.repeat(9000)}\r\n`, 'protocol', /16 KiB/],
    [
      'an upgrade',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
      'closed',
      /closed/,
    ],
  ])('is %s', async (_, text, kind, message) => {
    const port = await serveRaw(text);
    const error = await failure({ url: `http://127.0.0.1:${port}/` });
    expect([error.kind, error.message]).toEqual([kind, expect.stringMatching(message)]);
  });

  it('is a port where nothing listens', async () => {
    const server = createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    servers.pop();
    const error = await failure({ url: `http://user:secret@localhost:${port}/x` });
    expect([error.kind, error.message]).toEqual([
      'refused',
      `Expected an answer to GET http://localhost:${port}/x, got connection refused: nothing listens there`,
    ]);
  });

  it.each([
    ['that accepts only', '', 'no complete answer within 50 ms'],
    [
      'that gets stuck',
      'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf',
      'no complete answer within 50 ms',
    ],
  ])('is a server %s', async (_, text, words) => {
    const port = await serveRaw(text, { hangsUp: false });
    const error = await failure({ url: `http://127.0.0.1:${port}/`, timeoutMs: 50 });
    expect(error.kind).toBe('timeout');
    expect(error.message).toBe(`Expected an answer to GET http://127.0.0.1:${port}/, got ${words}`);
  });

  it('is TLS that is never made, at the limit for connections', async () => {
    const port = await serveRaw('', { hangsUp: false });
    const error = await failure({ url: `https://127.0.0.1:${port}/`, connectTimeoutMs: 50 });
    expect(error.message).toContain('got no connection within 50 ms');
  });

  it.each([
    ['no URL', { url: 'nonsense' }, /Expected an URL with http: or https:, got "nonsense"/],
    ['another protocol', { url: 'ftp://127.0.0.1/' }, /got "ftp:/],
    ['a header of two lines', { url: 'http://127.0.0.1/', headers: { a: 'b\r\nc: d' } }, /Invalid character/],
    [
      'a file of certificates that is not there',
      ca('/nowhere/ca.pem'),
      /in \/nowhere\/ca.pem, got ENOENT: check/,
    ],
    ['a file without certificates', ca('/dev/null'), /got none$/],
  ])('is %s', async (_, question, message) => {
    const error = await failure(question);
    expect([error.kind, error.message]).toEqual(['question', expect.stringMatching(message)]);
  });

  it('is wanted any more: the reason is that of the signal', async () => {
    const port = await serveRaw('', { hangsUp: false });
    const stop = new AbortController();
    const asked = ask({ url: `http://127.0.0.1:${port}/`, signal: stop.signal });
    const reason = new Error('enough');
    await expect.poll(() => servers[0]?.sockets.size, { timeout: 10_000 }).toBe(1);
    stop.abort(reason);
    await expect(asked).rejects.toBe(reason);
    await expect(ask({ url: `http://127.0.0.1:${port}/`, signal: stop.signal })).rejects.toBe(reason);
  });
});

function ca(caFile: string): HttpQuestion {
  return {
    url: 'https://127.0.0.1/',
    timeoutMs: 1000,
    tls: { caFile },
    signal: new AbortController().signal,
  };
}

describe.runIf(hasCerttool)('by TLS', () => {
  let pki: Pki;
  let site: Issued;
  let port: number;

  beforeAll(() => {
    pki = new Pki();
    site = pki.issue({ name: 'site.test' });
  });
  afterAll(() => pki[Symbol.dispose]());

  const start = async ({ cert, key }: Issued = site): Promise<void> => {
    const options = { cert: readFileSync(cert), key: readFileSync(key) };
    const server = createTlsServer(options, (request, response) => {
      const { servername } = request.socket as unknown as { servername: string | false };
      response.end(`${servername} ${request.headers.host}`);
    });
    server.on('tlsClientError', () => undefined);
    port = await listen(server);
  };

  it('needs no trust on this machine', async () => {
    await start();
    expect((await ask({ url: `https://127.0.0.1:${port}/` })).body).toBe(`false 127.0.0.1:${port}`);
    expect((await ask({ url: `https://localhost:${port}/` })).body).toBe(`localhost localhost:${port}`);
  });

  it('trusts whom it is told to trust, and asks for a name', async () => {
    await start();
    const url = `https://127.0.0.1:${port}/`;
    const caFile = pki.ca;
    expect((await ask({ url, tls: { caFile, servername: 'site.test' } })).body).toBe(
      `site.test 127.0.0.1:${port}`,
    );
    expect((await ask({ url, tls: { caFile }, headers: { host: 'site.test:443' } })).body).toBe(
      'site.test site.test:443',
    );
    expect((await failure({ url, tls: { caFile, servername: 'other.test' } })).message).toMatch(
      /a certificate that is not trusted: .*other.test/,
    );
    expect((await ask({ url, tls: { caFile, servername: 'other.test', isInsecure: true } })).status).toBe(
      200,
    );
  });

  it('trusts nobody else', async () => {
    await start();
    const tls = { isInsecure: false, servername: 'site.test' };
    const error = await failure({ url: `https://127.0.0.1:${port}/`, tls });
    expect([error.kind, error.message]).toEqual([
      'certificate',
      expect.stringContaining('not trusted: unable to'),
    ]);
    using stranger = new Pki('Stranger');
    const { kind } = await failure({
      url: `https://127.0.0.1:${port}/`,
      tls: { ...tls, caFile: stranger.ca },
    });
    expect(kind).toBe('certificate');
  });

  it('does not trust what is over', async () => {
    await start(pki.issue({ name: 'old.test', fromDay: -20, toDay: -10 }));
    const tls = { caFile: pki.ca, servername: 'old.test' };
    expect((await failure({ url: `https://127.0.0.1:${port}/`, tls })).message).toMatch(/expired/);
  });

  it('tells that the other side speaks no TLS, or TLS only', async () => {
    await start();
    expect((await failure({ url: `http://127.0.0.1:${port}/` })).kind).toMatch(/closed|protocol/);
    const plain = await serve((_, response) => response.end());
    const error = await failure({ url: `https://127.0.0.1:${plain}/` });
    expect([error.kind, error.message]).toEqual(['protocol', expect.stringMatching(/no TLS .*\(\w.*\)$/)]);
  });

  it('is told of a broken file of certificates', async () => {
    const caFile = join(pki.folder, 'broken.pem');
    writeFileSync(caFile, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    await start();
    const { message } = await failure({ url: `https://127.0.0.1:${port}/`, tls: { caFile } });
    expect(message).toMatch(/broken.pem|not trusted/);
  });

  it('is where a redirect may lead', async () => {
    await start();
    const plain = await serve((_, response) =>
      response.writeHead(308, { Location: `https://localhost:${port}/` }).end(),
    );
    expect((await ask({ url: `http://127.0.0.1:${plain}/` })).body).toBe(`localhost localhost:${port}`);
  });
});
