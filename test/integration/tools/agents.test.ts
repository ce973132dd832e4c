import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { REMOTE_NODE } from '../../helpers/fake-cluster/default-cib.ts';
import { FakeCluster } from '../../helpers/fake-cluster.ts';
import { useOwnNetwork } from '../../helpers/own-network.ts';
import { until } from '../../helpers/pid-namespace.ts';
import { ACTOR, act } from '../daemon/support.ts';
import { MISSING, serve, startDaemonWithTools, watchTidiness } from './support.ts';

const OCF_ROOT = '/usr/lib/ocf';
const HAS_STATEFUL = existsSync(`${OCF_ROOT}/resource.d/pacemaker/Stateful`);

describe.skipIf(MISSING !== undefined)(`an agent with tools (${MISSING ?? 'installed'})`, () => {
  useOwnNetwork();
  useAudit();

  it('sets its promotion score at each monitor, by way of the controller that asked for it', async () => {
    await using daemon = await startDaemonWithTools();
    const cluster = new FakeCluster();
    await using provider = await serve(daemon, cluster);
    const tidy = await watchTidiness(daemon);
    const score = (): string | undefined => cluster.attributes.get(`master-${ACTOR.id}`)?.get(REMOTE_NODE);
    expect(await act(provider.client, 'crm_attribute --promotion -l reboot -v 10')).toMatchObject({ rc: 0 });
    expect(score()).toBe('10');
    const { rc, output } = await act(
      provider.client,
      'crm_node -n && crm_attribute --promotion -l reboot -G -q',
    );
    expect({ rc, output }).toEqual({ rc: 0, output: `${REMOTE_NODE}\n10\n` });

    // Other operations don't wait for it, and it waits for none.
    const sh =
      'crm_attribute --promotion -l reboot -v $(($(cat "$OCF_RESKEY_count" 2>/dev/null || echo 10) + 1))';
    const recurring = await provider.client.exec({
      rscId: ACTOR.id,
      action: 'monitor',
      intervalMs: 100,
      timeoutMs: 20_000,
      parameters: { sh, count: '/nonexistent' },
    });
    expect(await recurring.result).toMatchObject({ rc: 0 });
    await until(() => score() === '11', 'the new score');
    const asked = cluster.requests.length;
    await until(() => cluster.requests.length > asked + 5, 'more monitors');
    await provider.client.cancel({ rscId: ACTOR.id, action: 'monitor', intervalMs: 100 });
    await tidy();
  });

  it('gets an error where the cluster has left, and goes on by itself', async () => {
    await using daemon = await startDaemonWithTools();
    const plain = await daemon.connect();
    const { rc, output } = await act(plain, 'crm_attribute --promotion -l reboot -v 10 2>&1; echo "exit $?"');
    expect(rc).toBe(0);
    expect(output).toMatch(/exit (1|102)\n$/);
    plain.close();
    await plain.closed;
  });

  it.skipIf(!HAS_STATEFUL)('of Pacemaker, Stateful, tells its scores', async () => {
    await using daemon = await startDaemonWithTools({ env: { OCF_ROOT } });
    const cluster = new FakeCluster();
    await using provider = await serve(daemon, cluster);
    const rsc = { id: 'stateful', class: 'ocf', provider: 'pacemaker', type: 'Stateful' } as const;
    await provider.client.registerResource(rsc);
    const run = async (action: string): Promise<number> => {
      const operation = await provider.client.exec({
        rscId: rsc.id,
        action,
        timeoutMs: 20_000,
        parameters: { state: `${daemon.scratch}/state` },
      });
      return (await operation.result).rc;
    };
    const score = (): string | undefined => cluster.attributes.get(`master-${rsc.id}`)?.get(REMOTE_NODE);
    expect(await run('start')).toBe(0);
    expect(score()).toBe('5');
    expect(await run('promote')).toBe(0);
    expect(score()).toBe('10');
    expect(await run('monitor')).toBe(8);
    expect(await run('demote')).toBe(0);
    expect(score()).toBe('5');
    expect(await run('stop')).toBe(0);
    expect(score()).toBeUndefined();
  });
});
