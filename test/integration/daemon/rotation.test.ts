import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type RemoteClient, Secret } from '../../../src/client/index.ts';
import { useAudit } from '../../helpers/audit.ts';
import { act, startDaemon } from './support.ts';

useAudit();

async function leave(client: RemoteClient): Promise<void> {
  client.close();
  await client.closed;
}

// As in a bundle: the cluster mounts the host's key into the container, that one file alone.
const MOUNTED = [
  'mkdir $scratch/host',
  'cp -p $scratch/authkey $scratch/host/authkey',
  ': > $scratch/mounted',
  'mount --bind $scratch/host/authkey $scratch/mounted',
  'export PCMK_authkey_location=$scratch/mounted',
].join('; ');

describe('a rotation of the key', () => {
  it('lets both in while the previous key is beside the new one, as a HUP shows, and no longer', async () => {
    await using daemon = await startDaemon();
    const held = await daemon.connect();
    const key = randomBytes(4096);
    writeFileSync(`${daemon.keyFile}.previous`, readFileSync(daemon.keyFile), { mode: 0o600 });
    writeFileSync(`${daemon.keyFile}.new`, key, { mode: 0o600 });
    renameSync(`${daemon.keyFile}.new`, daemon.keyFile);
    daemon.namespace.signal('SIGHUP');
    const loaded = await daemon.logged('tls.key-loaded', 3);
    expect(loaded.map(({ role }) => role)).toEqual(['current', 'current', 'previous']);
    expect(loaded[2]?.['fingerprint']).toBe(loaded[0]?.['fingerprint']);
    await leave(await daemon.connect());
    await leave(await daemon.connect({ key: new Secret(key) }));
    expect(await daemon.logged('tls.accepted', 3)).toMatchObject([
      { key: loaded[0]?.['fingerprint'] },
      { key: loaded[2]?.['fingerprint'], isPreviousKey: true },
      { key: loaded[1]?.['fingerprint'] },
    ]);
    rmSync(`${daemon.keyFile}.previous`);
    await expect(daemon.connect()).rejects.toMatchObject({ code: 'TLS_HANDSHAKE_FAILED' });
    expect(await act(held, 'exit 0')).toMatchObject({ rc: 0 });
    await leave(held);
  });

  it('takes the previous key from where BUNDLET_AUTHKEY_PREVIOUS says', async () => {
    const prelude =
      'cp $scratch/authkey $scratch/old; head -c 64 /dev/urandom > $scratch/authkey; export BUNDLET_AUTHKEY_PREVIOUS=$scratch/old';
    await using daemon = await startDaemon({ prelude });
    await leave(await daemon.connect());
    expect(await daemon.logged('tls.accepted')).toMatchObject([{ isPreviousKey: true }]);
  });

  it('is seen in a bundle when the host writes into its file', async () => {
    await using daemon = await startDaemon({ prelude: MOUNTED });
    await leave(await daemon.connect());
    const key = randomBytes(4096);
    writeFileSync(join(daemon.scratch, 'host/authkey'), key);
    await leave(await daemon.connect({ key: new Secret(key) }));
    await expect(daemon.connect()).rejects.toMatchObject({ code: 'TLS_HANDSHAKE_FAILED' });
    // And for who comes late a copy in the container's own file system helps.
    writeFileSync(join(daemon.scratch, 'mounted.previous'), readFileSync(daemon.keyFile), { mode: 0o600 });
    await leave(await daemon.connect());
  });

  it('is not seen in a bundle when the host renames a new file into its place: that is told', async () => {
    await using daemon = await startDaemon({ prelude: MOUNTED });
    await leave(await daemon.connect());
    const key = randomBytes(4096);
    writeFileSync(join(daemon.scratch, 'host/new'), key, { mode: 0o600 });
    renameSync(join(daemon.scratch, 'host/new'), join(daemon.scratch, 'host/authkey'));
    await expect(daemon.connect({ key: new Secret(key) })).rejects.toMatchObject({
      code: 'TLS_HANDSHAKE_FAILED',
    });
    await leave(await daemon.connect());
    expect(await daemon.logged('tls.file-replaced')).toMatchObject([
      { level: 'warning', path: join(daemon.scratch, 'mounted') },
    ]);
  });
});

describe('several addresses', () => {
  it('are all served, and told in one line', async () => {
    await using daemon = await startDaemon({ env: { PCMK_remote_address: '127.0.0.1, 127.0.0.2' } });
    expect(await daemon.logged('daemon.listening')).toMatchObject([
      { address: '127.0.0.1, 127.0.0.2', port: daemon.port },
    ]);
    await leave(await daemon.connect({ host: '127.0.0.2' }));
    await leave(await daemon.connect());
  });
});
