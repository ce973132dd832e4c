import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RemoteClient } from '../../../src/client/index.ts';
import { useAudit } from '../../helpers/audit.ts';
import { hasCerttool, type Issued, Pki } from '../../helpers/pki.ts';
import { act, HOST, type RunningDaemon, runDaemon, startDaemon } from './support.ts';

useAudit();

describe.runIf(hasCerttool)('a daemon with certificates', () => {
  let pki: Pki;
  let server: Issued;
  let node: Issued;

  beforeAll(() => {
    pki = new Pki();
    server = pki.issue({ name: 'server' });
    node = pki.issue({ name: 'node' });
  });

  afterAll(() => pki[Symbol.dispose]());

  const ENV = { PCMK_ca_file: 'ca', PCMK_cert_file: 'cert', PCMK_key_file: 'key' };

  /** Shell text that puts the files into the daemon's scratch directory and names them. */
  const prelude = (files: Readonly<Record<string, string>> = ENV): string =>
    [
      `cp ${pki.ca} $scratch/ca`,
      `cp ${server.cert} $scratch/cert`,
      `cp ${server.key} $scratch/key`,
      ...Object.entries(files).map(([name, file]) => `export ${name}=$scratch/${file}`),
    ].join('; ');

  const dial = (daemon: RunningDaemon, { cert, key }: Issued = node): Promise<RemoteClient> =>
    RemoteClient.connect({ host: HOST, port: daemon.port, certificates: { ca: pki.ca, cert, key } });

  async function leave(client: RemoteClient): Promise<void> {
    client.close();
    await client.closed;
  }

  it('serves a controller, renews its certificate while that stays connected, and refuses who is revoked', async () => {
    const list = pki.revoke([], { file: 'none' });
    await using daemon = await startDaemon({
      prelude: `${prelude()}; cp ${list} $scratch/crl; export PCMK_crl_file=$scratch/crl`,
    });
    const early = await dial(daemon);
    expect(await act(early, 'exit 0')).toMatchObject({ rc: 0 });
    expect(await daemon.logged('tls.accepted')).toMatchObject([{ subject: 'CN=node' }]);
    const renewed = pki.issue({ name: 'renewed' });
    copyFileSync(renewed.cert, join(daemon.scratch, 'cert'));
    copyFileSync(renewed.key, join(daemon.scratch, 'key'));
    copyFileSync(pki.revoke([node]), join(daemon.scratch, 'crl'));
    // PID 1 passes it on; without it the next connection would do.
    daemon.namespace.signal('SIGHUP');
    expect(await daemon.logged('tls.certificates-loaded', 2)).toMatchObject([
      { subject: 'CN=server' },
      { subject: 'CN=renewed' },
    ]);
    expect(await daemon.logged('daemon.refreshing')).toMatchObject([{ signal: 'SIGHUP' }]);
    await expect(dial(daemon)).rejects.toMatchObject({
      code: expect.stringMatching(/CONNECTION_LOST|TLS_HAND/),
    });
    expect(await daemon.logged('tls.refused')).toMatchObject([
      { reason: 'certificate', detail: expect.stringContaining('revoked') },
    ]);
    await leave(await dial(daemon, renewed));
    expect(await act(early, 'exit 0')).toMatchObject({ rc: 0 });
    await leave(early);
    expect(daemon.log().filter(({ event }) => event === 'session.registered')).toHaveLength(2);
  });

  it('refuses a controller with a key, and says that the modes differ', async () => {
    await using daemon = await startDaemon({ prelude: prelude() });
    await expect(daemon.connect()).rejects.toMatchObject({ code: 'TLS_HANDSHAKE_FAILED' });
    expect(await daemon.logged('tls.refused')).toMatchObject([
      { reason: 'mode', detail: expect.stringContaining('authentication modes differ') },
    ]);
  });

  it('warns at start when its certificate ends within 30 days', async () => {
    const ending = pki.issue({ name: 'ending', toDay: 20 });
    await using daemon = await startDaemon({
      prelude: `${prelude()}; cp ${ending.cert} $scratch/cert; cp ${ending.key} $scratch/key`,
    });
    expect(await daemon.logged('tls.certificate-validity')).toMatchObject([
      {
        level: 'warning',
        whose: 'own',
        subject: 'CN=ending',
        problem: expect.stringMatching(/^expires in \d+ days$/),
      },
    ]);
  });

  it('goes on with the key, and says so, when one of the three is not set', async () => {
    await using daemon = await startDaemon({
      prelude: prelude({ PCMK_ca_file: 'ca', PCMK_cert_file: 'cert' }),
    });
    expect(await daemon.logged('daemon.note')).toMatchObject([
      {
        setting: 'PCMK_cert_file',
        problem: expect.stringContaining('got none for PCMK_key_file; using the pre-shared'),
      },
    ]);
    await leave(await daemon.connect());
  });

  it.each([
    {
      what: 'of another certificate',
      content: () => readFileSync(node.key),
      text: /got the key of another certificate/,
    },
    {
      what: 'that is encrypted',
      content: () => readFileSync(pki.encrypt(server)),
      text: /got an encrypted one/,
    },
    { what: 'that is none', content: () => Buffer.from('x'), text: /Expected a private key as PEM/ },
  ])('does not start with a key $what, and ends with 100', async ({ content, text }) => {
    const file = join(pki.folder, 'bad.key');
    writeFileSync(file, content());
    const end = await runDaemon({ prelude: `${prelude()}; cp ${file} $scratch/key` });
    expect(end.status).toBe(100);
    const lines = end.stderr.split('\n').filter((line) => line.startsWith('pacemaker-remoted: '));
    expect(lines).toEqual([expect.stringMatching(text)]);
    expect(lines[0]).toContain('/key');
  });
});
