// The built daemon's class systemd: in a container, which has no bus, and beside a real systemd.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Completion, ExecRequest, RemoteClient } from '../../../src/client/index.ts';
import { useAudit } from '../../helpers/audit.ts';
import { type Systemd, startSystemd, titled, whyNoSystemd } from '../../helpers/systemd.ts';
import { installUnits } from '../systemd/support.ts';
import { type RunningDaemon, startDaemon } from './support.ts';

const NO_BUS = { rc: 1, status: 4, exitReason: 'No DBus connection' };

async function run(client: RemoteClient, agent: string, request: Partial<ExecRequest>): Promise<Completion> {
  const [standard = '', type = ''] = agent.split(':');
  const id = `rsc-${type}`;
  await client.registerResource({ id, class: standard, type });
  const operation = await client.exec({ rscId: id, action: 'monitor', timeoutMs: 20_000, ...request });
  return operation.result;
}

describe('class systemd in a container', () => {
  useAudit();

  it('fails every operation at once, and nothing else', async () => {
    await using daemon = await startDaemon({ env: { DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/nowhere' } });
    const client = await daemon.connect();
    for (const action of ['start', 'stop', 'monitor', 'reload', 'meta-data']) {
      expect(await run(client, 'systemd:web', { action })).toMatchObject(NO_BUS);
    }
    expect(await run(client, 'service:web', { action: 'start' })).toMatchObject({ rc: 5, status: 7 });
    expect(daemon.log().filter(({ event }) => event === 'systemd.unreachable').length).toBe(5);
    const all = Array.from({ length: 200 }, () => run(client, 'systemd:web', {}));
    expect(new Set((await Promise.all(all)).map(({ exitReason }) => exitReason))).toEqual(
      new Set(['No DBus connection']),
    );
    client.close();
    await client.closed;
  });
});

const why = whyNoSystemd();

describe.skipIf(why !== undefined)(titled('class systemd beside a real systemd', why), () => {
  let systemd: Systemd;
  let daemon: RunningDaemon;
  let client: RemoteClient;

  beforeAll(async () => {
    systemd = await startSystemd();
    await installUnits(systemd);
    // The daemon sees systemd's /run as its own, so that every path is the default.
    daemon = await startDaemon({ prelude: `mount --bind '${systemd.run}' /run` });
    client = await daemon.connect();
  });

  afterAll(async () => {
    client?.close();
    await client?.closed;
    await daemon?.[Symbol.asyncDispose]();
    await systemd?.[Symbol.asyncDispose]();
  });

  useAudit();

  it.each(['systemd', 'service'])('runs a resource of class %s through its life', async (standard) => {
    const agent = `${standard}:quick`;
    expect(await run(client, agent, {})).toMatchObject({ rc: 7, status: 0 });
    expect(await run(client, agent, { action: 'start' })).toMatchObject({ rc: 0, status: 0 });
    expect(existsSync(join(systemd.units, 'quick.service.d/50-pacemaker.conf'))).toBe(true);
    const rscId = 'rsc-quick';
    const monitor = await client.exec({ rscId, action: 'monitor', intervalMs: 100, timeoutMs: 20_000 });
    expect(await monitor.result).toMatchObject({ rc: 0, status: 0, action: 'monitor' });
    await systemd.enter('systemctl', 'kill', '--signal=KILL', 'quick');
    for await (const { rc, status } of monitor.results()) {
      if (rc === 7) {
        expect(status).toBe(0);
        break;
      }
    }
    expect(await run(client, agent, { action: 'stop' })).toMatchObject({ rc: 0, status: 0 });
    expect(existsSync(join(systemd.units, 'quick.service.d'))).toBe(false);
    expect(await run(client, agent, { action: 'meta-data' })).toMatchObject({
      rc: 0,
      output: expect.stringContaining('<resource-agent name="quick"'),
    });
  });

  it('tells of a unit that is not there', async () => {
    const start = { action: 'start' } as const;
    expect(await run(client, 'systemd:pancakes', start)).toMatchObject({
      rc: 5,
      status: 7,
      exitReason: 'systemd unit pancakes.service not found',
    });
    expect(await run(client, 'service:pancakes', start)).toMatchObject({ rc: 5, status: 7 });
  });

  it('turns a monitor that stays pending into a timeout', async () => {
    await systemd.enter('systemctl', 'start', '--no-block', 'eternal');
    await client.registerResource({ id: 'e', class: 'systemd', type: 'eternal' });
    const monitor = await client.exec({ rscId: 'e', action: 'monitor', intervalMs: 100, timeoutMs: 1000 });
    const seen: string[] = [];
    for await (const { rc, status } of monitor.results()) {
      seen.push(`${rc} ${status}`);
      if (status !== -1) {
        break;
      }
    }
    expect(seen.at(-1)).toBe('1 2');
    expect(new Set(seen.slice(0, -1))).toEqual(new Set(['193 -1']));
    expect(await run(client, 'systemd:eternal', { action: 'stop' })).toMatchObject({ rc: 0 });
  });

  it('cancels a monitor whose answer is outstanding', async () => {
    await client.registerResource({ id: 'q', class: 'systemd', type: 'quick' });
    const monitor = await client.exec({ rscId: 'q', action: 'monitor', intervalMs: 10, timeoutMs: 20_000 });
    await monitor.result;
    await client.cancel({ rscId: 'q', action: 'monitor', intervalMs: 10 });
    expect(await run(client, 'systemd:quick', {})).toMatchObject({ rc: 7 });
  });
});
