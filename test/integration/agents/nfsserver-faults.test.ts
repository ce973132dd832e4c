// What may be wrong with a server, a configuration and a machine, and what the agent says of it.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { whyWithout } from '../../helpers/needs.ts';
import { useOwnNetwork } from '../../helpers/own-network.ts';
import { titled } from '../../helpers/systemd.ts';
import type { Way } from './call-agent.ts';
import { gone, type NfsStage, openNfsStage, openSharedFiles, pidOf, run } from './nfs-stage.ts';

const why = whyWithout('ganesha.nfsd', 'nfs-cp', 'rpcbind');

useOwnNetwork();
useAudit();

const DONE = { rc: 0, reason: '' };
const SERVER = 'ganesha.nfsd';

/** A start that fails must do so at once: a quarter of its 40 s is generous on a busy machine. */
const AT_ONCE_MS = 10_000;

const ANSWERING_ONCE = join(import.meta.dirname, 'answering-once.pl');

const failing = (rc: number, reason: string) => ({ rc, reason: expect.stringContaining(reason) });

async function startFailsAtOnce(
  nfs: NfsStage,
  parameters: Readonly<Record<string, string>>,
  expected: { rc: number; reason: string },
): Promise<void> {
  const result = await nfs.call('start', parameters);
  expect(result).toMatchObject(expected);
  expect(result.ms).toBeLessThan(AT_ONCE_MS);
  expect(await nfs.call('stop', parameters)).toMatchObject(DONE);
  expect(nfs.pidsOf(SERVER)).toEqual([]);
}

const WAYS: readonly Way[] = ['executable', 'in-process'];

describe.skipIf(why !== undefined).each(WAYS)(titled('nfsserver with Ganesha, %s: faults', why), (way) => {
  it('tells of a configuration that Ganesha does not take, in its words', async () => {
    using files = openSharedFiles();
    await using nfs = await openNfsStage(way, files);
    const config_file = join(files.root, 'ganesha.conf');
    writeFileSync(config_file, 'NFS_CORE_PARAM { Protocols = ');
    const own = { export_path: '', clients: '', config_file };
    await startFailsAtOnce(nfs, own, failing(1, 'error: syntax error'));
    // The trap of a v4-only server: the protocols of the exports are not those of the server.
    writeFileSync(
      config_file,
      `NFS_CORE_PARAM { NFS_Port = ${nfs.port}; } EXPORT { Export_Id = 1; Path = "${files.data}"; Pseudo = /data;
       Protocols = 4; Access_Type = RW; FSAL { Name = VFS; } }`,
    );
    await startFailsAtOnce(nfs, own, failing(1, 'Cannot register NFS V3'));
  });

  it('tells in its words of a Ganesha that answers and ends', async () => {
    using files = openSharedFiles();
    await using nfs = await openNfsStage(way, files);
    const ganesha = join(files.root, SERVER);
    copyFileSync(ANSWERING_ONCE, ganesha);
    await startFailsAtOnce(nfs, { ganesha }, failing(1, 'it has ended: No more today'));
  });

  it('tells of a port that is taken, before the start and from the log', async () => {
    using files = openSharedFiles();
    await using nfs = await openNfsStage(way, files);
    const listener = createServer((socket) => socket.destroy());
    await new Promise<void>((listening) => listener.listen(nfs.port, '127.0.0.1', listening));
    await startFailsAtOnce(nfs, {}, failing(1, `Expected port ${nfs.port} to be free`));
    await new Promise((closed) => listener.close(closed));
    await new Promise<void>((listening) => listener.listen(nfs.port, '::1', listening));
    await startFailsAtOnce(nfs, {}, failing(1, 'Address already in use'));
    await new Promise((closed) => listener.close(closed));
  });

  it('tells of what the machine lacks', async () => {
    using files = openSharedFiles();
    const layers = ['lower', 'upper', 'work', 'merged'].map((name) => join(files.root, 'layers', name));
    const [lower, upper, work, merged = ''] = layers;
    await using nfs = await openNfsStage(
      way,
      files,
      `mkdir -p ${layers.join(' ')}; mount -t overlay o -o lowerdir=${lower},upperdir=${upper},workdir=${work} ${merged}`,
    );
    const cases = [
      [
        { export_path: merged },
        failing(2, `Expected export_path ${merged} on a file system with file handles`),
      ],
      [
        { export_path: join(files.root, 'nothing') },
        failing(2, 'Expected export_path to be a directory, got ENOENT'),
      ],
      [{ ganesha: '/nowhere/ganesha.nfsd' }, failing(5, 'install nfs-ganesha')],
      [{ fsal: 'XFS' }, failing(6, 'one of VFS, MEM')],
      [{ clients: '' }, failing(6, 'Expected clients with export_path')],
    ] as const;
    for (const [parameters, expected] of cases) {
      await startFailsAtOnce(nfs, parameters, expected);
      expect(await nfs.call('validate-all', parameters, { checkLevel: 10 })).toMatchObject(expected);
      expect(await nfs.call('monitor', parameters, { intervalMs: 0 })).toMatchObject({ rc: 7 });
    }
    const clone = { CRM_meta_clone: '0', CRM_meta_clone_max: '2' };
    expect(await nfs.call('start', clone)).toMatchObject(
      failing(6, 'Expected no nfs_shared_infodir in a clone'),
    );
    const replica = { CRM_meta_clone: '0', CRM_meta_clone_max: '1' };
    expect(await nfs.call('start', replica)).toMatchObject(DONE);
  });

  it('notices a server that hangs, and ends it', async () => {
    using files = openSharedFiles();
    await using nfs = await openNfsStage(way, files);
    expect(await nfs.call('start')).toMatchObject(DONE);
    process.kill(pidOf(nfs, SERVER), 'SIGSTOP');
    expect(await nfs.monitor()).toMatchObject(failing(1, 'stopped by a signal'));
    // A start is to bring it back.
    expect(await nfs.call('start')).toMatchObject(DONE);
    expect(await nfs.monitor(20)).toMatchObject(DONE);
    process.kill(pidOf(nfs, SERVER), 'SIGSTOP');
    expect(await nfs.call('stop')).toMatchObject(DONE);
    expect(nfs.pidsOf(SERVER)).toEqual([]);
  });

  it('believes no PID file, and leaves foreign processes alone', async () => {
    using files = openSharedFiles();
    await using nfs = await openNfsStage(way, files, 'sleep 1000 &');
    const pidFile = '/run/bundlet/agents/nfsserver/test/ganesha.pid';
    const inside = (command: string) => nfs.stage.daemon.namespace.enter(['sh', '-c', command]);
    const stranger = pidOf(nfs, 'sleep');
    for (const text of ['$(pgrep sleep)', '', 'garbage', '99999999', '-1', '0']) {
      await inside(`mkdir -p $(dirname ${pidFile}); echo "${text}" >${pidFile}`);
      expect(await nfs.monitor(), text).toMatchObject({ rc: 7 });
      expect(await nfs.call('stop'), text).toMatchObject(DONE);
    }
    await inside(`echo $(pgrep sleep) >${pidFile}`);
    expect(await nfs.call('start')).toMatchObject(DONE);
    await inside(`echo $(pgrep sleep) >${pidFile}`);
    expect(await nfs.monitor()).toMatchObject(DONE);
    await inside(`rm ${pidFile}`);
    expect(await nfs.call('stop')).toMatchObject(DONE);
    expect(nfs.pidsOf(SERVER)).toEqual([]);
    expect(pidOf(nfs, 'sleep')).toBe(stranger);
  });

  it('lets no ordinary user of this machine in by the way of its health check', async () => {
    using files = openSharedFiles();
    await using nfs = await openNfsStage(way, files);
    const parameters = { clients: '192.0.2.0/24' };
    expect(await nfs.call('start', parameters)).toMatchObject(DONE);
    expect(await nfs.monitor(20, parameters)).toMatchObject(DONE);
    const nobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups', 'nfs-ls', nfs.url('/data')];
    await expect(run('setpriv', nobody)).rejects.toMatchObject({ stderr: expect.stringContaining('failed') });
  });

  it('notices by writing that a file system is full', async () => {
    using files = openSharedFiles();
    const small = join(files.root, 'small');
    await using nfs = await openNfsStage(
      way,
      files,
      `mkdir -p ${small}; mount -t tmpfs -o size=64k small ${small}`,
    );
    const parameters = { export_path: small };
    expect(await nfs.call('start', parameters)).toMatchObject(DONE);
    expect(await nfs.monitor(20, parameters)).toMatchObject(DONE);
    const fill = `dd if=/dev/zero of=${small}/full bs=4k count=100 2>/dev/null || true`;
    await nfs.stage.daemon.namespace.enter(['sh', '-c', fill]);
    expect(await nfs.monitor(20, parameters)).toMatchObject(
      failing(1, 'NFS4ERR_NOSPC to WRITE; the file system is full'),
    );
    expect(await nfs.monitor(10, parameters)).toMatchObject(DONE);
  });

  it('keeps what it needs and nothing else', async () => {
    using files = openSharedFiles();
    await using nfs = await openNfsStage(way, files);
    const list = () => nfs.stage.daemon.namespace.enter(['find', '/run/bundlet/agents', '-type', 'f']);
    expect(await nfs.call('start')).toMatchObject(DONE);
    const before = await list();
    for (let count = 0; count < 5; count++) {
      expect(await nfs.monitor(20)).toMatchObject(DONE);
    }
    expect(await list()).toBe(before);
    process.kill(pidOf(nfs, SERVER), 'SIGKILL');
    await gone(nfs, SERVER);
    expect(await nfs.call('stop')).toMatchObject(DONE);
    expect(await list()).not.toContain('.pid');
    expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(files.root);
  });
});

describe.skipIf(why !== undefined)(titled('nfsserver with Ganesha, without CAP_DAC_READ_SEARCH', why), () => {
  it('does not start a server whose clients could open nothing', async () => {
    using files = openSharedFiles();
    const less = 'exec setpriv --bounding-set=-dac_read_search --inh-caps=-dac_read_search "$0" "$@"';
    await using nfs = await openNfsStage('in-process', files, less);
    await startFailsAtOnce(nfs, {}, failing(4, 'run the container with --cap-add=DAC_READ_SEARCH'));
    expect(await nfs.call('start', { fsal: 'MEM' })).toMatchObject(DONE);
    expect(await nfs.monitor(20, { fsal: 'MEM' })).toMatchObject(DONE);
  });
});
