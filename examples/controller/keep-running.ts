// A controller that keeps one resource running on a daemon elsewhere, over lost connections and restarts of it:
//   node keep-running.ts web-1 /etc/pacemaker/authkey
import { connections, type RemoteClient, readKeyFile } from 'bundlet/client';

const WEB = { id: 'web', class: 'ocf', provider: 'bundlet', type: 'apache' } as const;

async function keepRunning(client: RemoteClient, signal: AbortSignal): Promise<void> {
  await client.registerResource(WEB, { signal });
  // What it is doing already: a daemon goes on while nobody is connected.
  const probe = await client.exec({ rscId: WEB.id, action: 'monitor', timeoutMs: 20_000 });
  if ((await probe.result).rc !== 0) {
    const start = await client.exec({ rscId: WEB.id, action: 'start', timeoutMs: 40_000 });
    console.log(`start: ${(await start.result).rc}`);
  }
  const monitor = await client.exec({
    rscId: WEB.id,
    action: 'monitor',
    intervalMs: 10_000,
    timeoutMs: 20_000,
    changesOnly: true,
  });
  for await (const { rc, exitReason } of monitor.results()) {
    console.log(`monitor: ${rc} ${exitReason ?? ''}`);
    if (rc !== 0) {
      // The stop ends the monitor, too, and so this loop.
      await (await client.exec({ rscId: WEB.id, action: 'stop', timeoutMs: 40_000 })).result;
    }
  }
}

const [host = '127.0.0.1', keyFile = '/etc/pacemaker/authkey', port = '3121'] = process.argv.slice(2);
const end = new AbortController();
process.once('SIGINT', () => end.abort());

const options = { host, port: Number(port), key: await readKeyFile(keyFile), signal: end.signal };
const onFailure = ({ message }: Error, pauseMs: number): void =>
  console.error(`${message}; again in ${pauseMs} ms`);
for await (const client of connections({ ...options, onFailure })) {
  console.log(`connected to ${host}, up for ${client.daemon.uptimeSeconds ?? 'unknown'} s`);
  try {
    while (client.isOpen) {
      await keepRunning(client, end.signal);
    }
  } catch (error) {
    // Whatever waits ends with its connection: the next one begins anew.
    if (client.isOpen) {
      throw error;
    }
  }
}
