import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Completion, RemoteClient } from '../../../src/client/index.ts';
import { useAudit } from '../../helpers/audit.ts';
import { LSB_FIXTURES, type RunningDaemon, startDaemon } from './support.ts';

let daemon: RunningDaemon;
let client: RemoteClient;
let state: string;

beforeAll(async () => {
  daemon = await startDaemon({
    prelude: `mount -t tmpfs tmpfs /etc/init.d; cp ${LSB_FIXTURES}/web /etc/init.d/; export LSB_STATE="$scratch/web"`,
  });
  client = await daemon.connect();
  state = join(daemon.scratch, 'web');
  await client.registerResource({ id: 'web', class: 'lsb', type: 'web' });
});

afterAll(async () => {
  client.close();
  await client.closed;
  await daemon[Symbol.asyncDispose]();
});

const audit = useAudit();

async function run(action: string, parameters: Record<string, string> = {}): Promise<Completion> {
  const operation = await client.exec({ rscId: 'web', action, timeoutMs: 20_000, parameters });
  return operation.result;
}

describe('an init script', () => {
  it('is probed, started, watched, restarted and stopped', async () => {
    expect(await run('monitor')).toMatchObject({ action: 'monitor', rc: 7, status: 0 });
    expect(await run('start')).toMatchObject({ rc: 0, status: 0 });
    expect(existsSync(state)).toBe(true);
    expect(await run('monitor')).toMatchObject({ rc: 0, status: 0 });
    expect(await run('status')).toMatchObject({ action: 'status', rc: 0 });
    expect(await run('restart')).toMatchObject({ rc: 0, output: 'restart by /etc/init.d/web\n' });
    expect(await run('stop')).toMatchObject({ rc: 0, status: 0 });
    expect(await run('monitor')).toMatchObject({ rc: 7, status: 0 });
    expect(await run('promote')).toMatchObject({ rc: 3, status: 0 });
    audit().log(JSON.stringify(daemon.log()));
  });

  it('finds nothing of OCF in its environment', async () => {
    const done = await run('status', { config: '/a', OCF_CHECK_LEVEL: '10', CRM_meta_timeout: '20000' });
    expect(Object.fromEntries(done.parameters)).toMatchObject({ config: '/a' });
    const environment = readFileSync(`${state}.env`, 'utf8');
    expect(environment).toContain('PCMK_service=pacemaker-remoted\n');
    expect(environment).not.toMatch(/^(OCF_(?!ROOT=)|CRM_|config)/m);
  });

  it('is watched again and again, and tells a change', async () => {
    await run('start');
    const monitor = await client.exec({
      rscId: 'web',
      action: 'monitor',
      intervalMs: 100,
      timeoutMs: 20_000,
      changesOnly: true,
    });
    const results = monitor.results();
    expect((await results.next()).value).toMatchObject({ rc: 0 });
    await client.exec({ rscId: 'web', action: 'restart', timeoutMs: 20_000 });
    // As if the service had died: no word to the script.
    await daemon.namespace.enter(['rm', state]);
    expect((await results.next()).value).toMatchObject({ rc: 7, status: 0 });
    expect(await client.cancel({ rscId: 'web', action: 'monitor', intervalMs: 100 })).toBe(true);
  });
});
