import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../agents/kit/system-clock.ts';
import { RpcConnection } from '../../../agents/nfsserver/rpc/rpc-connection.ts';
import { PROGRAM } from '../../../agents/nfsserver/rpc/rpc-message.ts';
import { useAudit } from '../../helpers/audit.ts';
import { whyWithout } from '../../helpers/needs.ts';
import { useOwnNetwork } from '../../helpers/own-network.ts';
import { until } from '../../helpers/pid-namespace.ts';
import { titled } from '../../helpers/systemd.ts';
import { WAYS } from './call-agent.ts';
import { gone, openNfsStage, openSharedFiles, pidOf, run } from './nfs-stage.ts';

const why = whyWithout('ganesha.nfsd', 'nfs-cp', 'rpcbind');

useOwnNetwork();
useAudit();

const DONE = { rc: 0, reason: '', stdout: '' };
const NOTHING_RUNS = { rc: 7, reason: 'Expected an NFS server to run, got nothing of it' };
const SERVER = 'ganesha.nfsd';

describe.skipIf(why !== undefined).each(WAYS)(titled('nfsserver with Ganesha, %s', why), (way) => {
  it('serves what a client writes, and again after it was killed', async () => {
    using files = openSharedFiles();
    await using nfs = await openNfsStage(way, files);
    // Else the client that is gone without a farewell would keep everybody waiting: see the fail-over.
    const graceless = { grace_period: '0' };
    expect(await nfs.call('monitor', graceless, { intervalMs: 0 })).toMatchObject({ rc: 7, reason: '' });
    expect(await nfs.call('start', graceless)).toMatchObject(DONE);
    const pid = pidOf(nfs, SERVER);
    expect(await nfs.call('start', graceless)).toMatchObject(DONE);
    expect(pidOf(nfs, SERVER)).toBe(pid);
    for (const level of [0, 5, 10, 20, 99]) {
      expect(await nfs.monitor(level, graceless), `level ${level}`).toMatchObject(DONE);
    }
    expect(readdirSync(files.data)).toEqual([]);

    const source = join(nfs.stage.scratch, 'source');
    writeFileSync(source, 'over NFS\n');
    await run('nfs-cp', [source, nfs.url('/data/file')]);
    expect(readFileSync(join(files.data, 'file'), 'utf8')).toBe('over NFS\n');
    expect((await run('nfs-ls', [nfs.url('/data')])).stdout).toContain('file');

    process.kill(pid, 'SIGKILL');
    await gone(nfs, SERVER);
    expect(await nfs.monitor(0, graceless)).toMatchObject(NOTHING_RUNS);
    expect(await nfs.call('start', graceless)).toMatchObject(DONE);
    expect((await run('nfs-cat', [nfs.url('/data/file')])).stdout).toBe('over NFS\n');

    expect(await nfs.call('stop', graceless)).toMatchObject(DONE);
    expect(nfs.pidsOf(SERVER)).toEqual([]);
    expect(await nfs.monitor(0, graceless)).toMatchObject(NOTHING_RUNS);
    expect(await nfs.call('stop', graceless)).toMatchObject(DONE);
  });

  it('fails over with what clients held', async () => {
    using files = openSharedFiles();
    const grace = { grace_period: '5', lease_lifetime: '5' };
    await using first = await openNfsStage(way, files);
    expect(await first.call('start', grace)).toMatchObject(DONE);
    const source = join(first.stage.scratch, 'source');
    writeFileSync(source, 'over NFS\n');
    await run('nfs-cp', [source, first.url('/data/file')]);
    expect(await first.call('stop', grace)).toMatchObject(DONE);

    await using second = await openNfsStage(way, files);
    expect(await second.call('start', grace)).toMatchObject(DONE);
    expect(await second.monitor(10, grace)).toMatchObject(DONE);
    // The client of the first node may still come for its locks: so long nobody else may open a file.
    expect(await second.monitor(20, grace)).toMatchObject({
      rc: 190,
      reason: expect.stringContaining('got a server in its grace period; it ends by itself'),
    });
    let last = 190;
    for (const end = Date.now() + 20_000; last === 190 && Date.now() < end; ) {
      last = (await second.monitor(20, grace)).rc;
    }
    expect(last).toBe(0);
    expect((await run('nfs-cat', [second.url('/data/file')])).stdout).toBe('over NFS\n');
    expect(await second.call('stop', grace)).toMatchObject(DONE);
  });

  it('leaves no trace of its health check: the next start waits for nobody', async () => {
    using files = openSharedFiles();
    await using nfs = await openNfsStage(way, files);
    expect(await nfs.call('start')).toMatchObject(DONE);
    expect(await nfs.monitor(20)).toMatchObject(DONE);
    process.kill(pidOf(nfs, SERVER), 'SIGKILL');
    await gone(nfs, SERVER);
    expect(await nfs.call('start')).toMatchObject(DONE);
    expect(await nfs.monitor(20)).toMatchObject(DONE);
    expect(readdirSync(files.data)).toEqual([]);
  });

  it('turns NFSv3 off, and on with an rpcbind of its own', async () => {
    using files = openSharedFiles();
    await using nfs = await openNfsStage(way, files);
    const signal = AbortSignal.timeout(10_000);
    const target = { host: '127.0.0.1', port: nfs.port, clock: systemClock, signal };
    const call3 = () =>
      RpcConnection.with(target, (connection) =>
        connection.call({ program: PROGRAM.nfs, version: 3, procedure: 0 }),
      );
    expect(await nfs.call('start')).toMatchObject(DONE);
    await expect(call3()).rejects.toMatchObject({ fault: 'mismatch' });
    expect(nfs.pidsOf('rpcbind')).toEqual([]);
    expect(await nfs.monitor(0, { nfsv4_only: 'no' })).toMatchObject({ rc: 1 });
    expect(await nfs.call('stop')).toMatchObject(DONE);

    const both = { nfsv4_only: 'no', grace_period: '0' };
    expect(await nfs.call('start', both)).toMatchObject(DONE);
    await expect(call3()).resolves.toBeDefined();
    expect(await nfs.monitor(20, both)).toMatchObject(DONE);
    writeFileSync(join(files.data, 'file'), 'there\n');
    expect((await run('nfs-cat', [nfs.url(join(files.data, 'file'), 3)])).stdout).toBe('there\n');
    process.kill(pidOf(nfs, 'rpcbind'), 'SIGKILL');
    await gone(nfs, 'rpcbind');
    expect(await nfs.monitor(0, both)).toMatchObject({ rc: 1, reason: expect.stringContaining('rpcbind') });
    expect(await nfs.call('stop', both)).toMatchObject(DONE);
    expect(await nfs.call('start', both)).toMatchObject(DONE);
    expect(await nfs.call('stop', both)).toMatchObject(DONE);
    expect([...nfs.pidsOf(SERVER), ...nfs.pidsOf('rpcbind')]).toEqual([]);
  });

  it('leaves an rpcbind that was there', async () => {
    using files = openSharedFiles();
    await using nfs = await openNfsStage(way, files);
    await nfs.stage.daemon.namespace.enter(['rpcbind', '-w']);
    await until(() => nfs.pidsOf('rpcbind').length === 1, 'rpcbind');
    const pid = pidOf(nfs, 'rpcbind');
    expect(await nfs.call('start', { nfsv4_only: 'no' })).toMatchObject(DONE);
    expect(await nfs.call('stop', { nfsv4_only: 'no' })).toMatchObject(DONE);
    expect(pidOf(nfs, 'rpcbind')).toBe(pid);
  });

  it('takes another export without a restart', async () => {
    using files = openSharedFiles();
    await using nfs = await openNfsStage(way, files);
    expect(await nfs.call('reload')).toMatchObject({
      rc: 1,
      reason: expect.stringContaining('got none: start it'),
    });
    expect(await nfs.call('start')).toMatchObject(DONE);
    const pid = pidOf(nfs, SERVER);
    const more = { export_path: `${files.data};${files.root}`, pseudo: '/data;/all', access_type: 'RW;RO' };
    expect(await nfs.monitor(10, more)).toMatchObject({
      rc: 1,
      reason: expect.stringMatching(/export \/all, got NFS4ERR_NOENT to LOOKUP of "all"/),
    });
    expect(await nfs.call('reload-agent', more)).toMatchObject(DONE);
    expect(await nfs.monitor(20, more)).toMatchObject(DONE);
    expect(pidOf(nfs, SERVER)).toBe(pid);
  });

  it('runs beside another of its kind', async () => {
    using files = openSharedFiles();
    await using nfs = await openNfsStage(way, files);
    const other = { nfs_port: String(nfs.port + 1) };
    const asOther = { instance: 'other' };
    expect(await nfs.call('start')).toMatchObject(DONE);
    expect(await nfs.call('start', other, asOther)).toMatchObject(DONE);
    expect(nfs.pidsOf(SERVER)).toHaveLength(2);
    expect(await nfs.call('stop')).toMatchObject(DONE);
    expect(await nfs.monitor()).toMatchObject({ rc: 7 });
    expect(await nfs.call('monitor', other, { ...asOther, checkLevel: 20 })).toMatchObject(DONE);
    expect(await nfs.call('stop', other, asOther)).toMatchObject(DONE);
    expect(nfs.pidsOf(SERVER)).toEqual([]);
  });
});
