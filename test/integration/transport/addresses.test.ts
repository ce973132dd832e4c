import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { Secret } from '../../../src/errors/secret.ts';
import { KeyAuthentication } from '../../../src/transport/key-authentication.ts';
import { connect } from '../../../src/transport/tls-client.ts';
import { listen, type TlsServer } from '../../../src/transport/tls-server.ts';
import { Audit } from '../../helpers/audit.ts';
import { KEY, until } from './support.ts';

const audit = new Audit();
afterAll(() => audit.verify());

const key = new Secret(KEY);
const hasIpv6 = networkInterfaces()['lo']?.some(({ family }) => family === 'IPv6') ?? false;

function serve(hosts: readonly string[], port = 0): Promise<TlsServer> {
  const authentication = new KeyAuthentication({ key: { current: () => key } });
  return listen({
    hosts,
    port,
    authentication,
    onConnection: (connection) => {
      connection.onData = () => undefined;
    },
  });
}

describe('several addresses', () => {
  it('are all listened on, with one port', async () => {
    const server = await serve(['127.0.0.1', '127.0.0.2', '127.0.0.3']);
    onTestFinished(() => server.stop());
    expect(server.addresses).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.3']);
    for (const host of server.addresses) {
      const connection = await connect({ host, port: server.port, key });
      await until(() => expect(server.counts().open).toBe(1));
      connection.close('done');
      await until(() => expect(server.counts().open).toBe(0));
    }
  });

  it.each([
    { hosts: ['127.0.0.1', '127.0.0.1'], expected: ['127.0.0.1'] },
    { hosts: ['127.0.0.1', '0.0.0.0'], expected: ['0.0.0.0'] },
    ...(hasIpv6
      ? [
          { hosts: ['::1', '127.0.0.1'], expected: ['::1', '127.0.0.1'] },
          { hosts: ['0.0.0.0', '::1'], expected: ['0.0.0.0', '::1'] },
          { hosts: ['127.0.0.1', '::1', '0.0.0.0', '::'], expected: ['::'] },
          { hosts: ['0:0::1', '::1'], expected: ['::1'] },
        ]
      : []),
  ])('$hosts become $expected', async ({ hosts, expected }) => {
    const server = await serve(hosts);
    onTestFinished(() => server.stop());
    expect(server.addresses).toEqual(expected);
  });

  it('and a name that means one of them do not quarrel', async () => {
    for (const hosts of [
      ['localhost', '127.0.0.1'],
      ['127.0.0.1', 'localhost'],
    ]) {
      const server = await serve(hosts);
      expect(server.addresses).toContain('127.0.0.1');
      await server.stop();
    }
  });

  it('are all or none: the one that cannot be had is named, and the others are freed', async () => {
    const occupant = createServer();
    await new Promise<void>((resolve) => occupant.listen(0, '127.0.0.2', resolve));
    const { port } = occupant.address() as { port: number };
    await expect(serve(['127.0.0.1', '127.0.0.2', '127.0.0.3'], port)).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
      message: expect.stringMatching(/^Cannot listen on 127\.0\.0\.2, port \d+: .*EADDRINUSE/),
    });
    await expect(serve(['127.0.0.1', 'nowhere.invalid'], port)).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
      message: expect.stringContaining('nowhere.invalid'),
    });
    await new Promise((resolve) => occupant.close(resolve));
    const server = await serve(['127.0.0.1', '127.0.0.2', '127.0.0.3'], port);
    await server.stop();
  });
});
