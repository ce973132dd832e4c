import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/client/index.ts';
import type { SecureConnection } from '../../src/transport/secure-connection.ts';
import { connect } from '../../src/transport/tls-client.ts';
import { useAudit } from '../helpers/audit.ts';
import { frameOf, requestText } from '../integration/daemon/raw-peer.ts';
import { HOST, type RunningDaemon, startDaemon } from '../integration/daemon/support.ts';

useAudit();

/** More than the kernel keeps for a connection. */
const USER_DATA = 'u'.repeat(8 * 1024 * 1024);

const REQUESTS = [
  requestText(1, 'register', '', 'lrmd_clientname="slow" lrmd_protocol_version="1.2"'),
  requestText(
    2,
    'lrmd_rsc_register',
    '<lrmd_rsc lrmd_rsc_id="r1" lrmd_class="ocf" lrmd_provider="test" lrmd_type="actor"/>',
  ),
  requestText(
    3,
    'lrmd_rsc_exec',
    `<lrmd_rsc lrmd_rsc_id="r1" lrmd_rsc_action="start" lrmd_rsc_userdata_str="${USER_DATA}"><attributes
      sh="exit 0"/></lrmd_rsc>`,
  ),
];

/** A peer for whom a large result waits, because it has not read anything yet. */
async function slowPeer(daemon: RunningDaemon): Promise<SecureConnection> {
  const key = new Secret(readFileSync(daemon.keyFile));
  const connection = await connect({ host: HOST, port: daemon.port, key });
  for (const request of REQUESTS) {
    const { header, payload } = frameOf(request);
    connection.send(header, payload);
  }
  await daemon.logged('op.finished');
  return connection;
}

function closed(connection: SecureConnection): Promise<boolean> {
  return new Promise((resolve) => {
    connection.onClose = (_reason, clean) => resolve(clean);
  });
}

describe('a daemon that stops', () => {
  it('lets what waits for a peer that reads go out, and says goodbye behind it', async () => {
    await using daemon = await startDaemon();
    const peer = await slowPeer(daemon);
    let bytes = 0;
    daemon.namespace.signal('SIGTERM');
    peer.onData = (chunk) => {
      bytes += chunk.length;
    };
    expect(await closed(peer)).toBe(true);
    expect(bytes).toBeGreaterThan(USER_DATA.length);
    expect((await daemon.namespace.ended).status).toBe(0);
  });

  it('does not wait for ever for one that does not', async () => {
    // Else pcmk-init would end it, with another status.
    await using daemon = await startDaemon({ env: { BUNDLET_STOP_TIMEOUT: '60s' } });
    const peer = await slowPeer(daemon);
    daemon.namespace.signal('SIGTERM');
    expect((await daemon.namespace.ended).status).toBe(0);
    peer.onData = () => undefined;
    await closed(peer);
  });
});
