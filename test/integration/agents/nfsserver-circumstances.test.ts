// What surrounds a server: logs, disks, helpers, starts that are killed.
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { whyWithout } from '../../helpers/needs.ts';
import { useOwnNetwork } from '../../helpers/own-network.ts';
import { titled } from '../../helpers/systemd.ts';
import type { Way } from './call-agent.ts';
import { gone, openNfsStage, openSharedFiles, pidOf } from './nfs-stage.ts';

const why = whyWithout('ganesha.nfsd');

useOwnNetwork();
useAudit();

const DONE = { rc: 0, reason: '' };
const SERVER = 'ganesha.nfsd';
const STATE = '/run/bundlet/agents/nfsserver/test';
const WAYS: readonly Way[] = ['executable', 'in-process'];

describe.skipIf(why !== undefined).each(WAYS)(
  titled('nfsserver with Ganesha and what is around it, %s', why),
  (way) => {
    it.each(['WARN', 'FATAL'])('takes another export when it logs %s and worse alone', async (log_level) => {
      using files = openSharedFiles();
      await using nfs = await openNfsStage(way, files);
      expect(await nfs.call('start', { log_level })).toMatchObject(DONE);
      expect(await nfs.call('reload', { log_level, access_type: 'RO' })).toMatchObject(DONE);
      expect(await nfs.call('stop', { log_level })).toMatchObject(DONE);
    });

    it('does not take for a log, nor put aside, what is none', async () => {
      using files = openSharedFiles();
      await using nfs = await openNfsStage(
        way,
        files,
        `mknod ${files.root}/null c 1 3; mkdir ${files.root}/folder`,
      );
      for (const name of ['null', 'folder']) {
        const log_file = join(files.root, name);
        const expected = { rc: 2, reason: expect.stringContaining('Expected log_file to be a regular file') };
        expect(await nfs.call('start', { log_file })).toMatchObject(expected);
        expect(await nfs.call('stop', { log_file })).toMatchObject(DONE);
      }
      expect(readdirSync(files.root).sort()).toEqual(['data', 'folder', 'null', 'state']);
    });

    it('says why a monitor that expects it finds none', async () => {
      using files = openSharedFiles();
      await using nfs = await openNfsStage(way, files);
      await nfs.call('start');
      process.kill(pidOf(nfs, SERVER), 'SIGKILL');
      await gone(nfs, SERVER);
      expect(await nfs.monitor()).toMatchObject({
        rc: 7,
        reason: 'Expected an NFS server to run, got nothing of it',
      });
      expect(await nfs.call('monitor', {}, { intervalMs: 0 })).toMatchObject({ rc: 7, reason: '' });
    });

    it('tells of a directory for its state that nobody can write', async () => {
      using files = openSharedFiles();
      const mount = `mount --bind ${files.state} ${files.state}; mount -o remount,bind,ro ${files.state}`;
      await using nfs = await openNfsStage(way, files, mount);
      const reason = expect.stringContaining('Expected nfs_shared_infodir to be writable, got EROFS');
      expect(await nfs.call('validate-all', {}, { checkLevel: 10 })).toMatchObject({ rc: 2, reason });
      expect(await nfs.call('start')).toMatchObject({ rc: 2, reason });
    });

    it('lets clients in by a network with a mask', async () => {
      using files = openSharedFiles();
      await using nfs = await openNfsStage(way, files);
      const clients = { clients: '192.0.2.0/255.255.255.0' };
      expect(await nfs.call('start', clients)).toMatchObject(DONE);
      expect(await nfs.monitor(20, clients)).toMatchObject(DONE);
    });

    it('serves paths with blanks and signs in them', async () => {
      using files = openSharedFiles();
      await using nfs = await openNfsStage(way, files);
      for (const name of ['a b', "a'b", '#a', '%include', 'a{b}', '$(touch x)', 'ü, =']) {
        mkdirSync(join(files.root, name));
        const path = { export_path: join(files.root, name), pseudo: `/${name}` };
        expect(await nfs.call('start', path), name).toMatchObject(DONE);
        expect(await nfs.monitor(20, path), name).toMatchObject(DONE);
        expect(await nfs.call('stop', path), name).toMatchObject(DONE);
      }
    });

    it('forgets the engine that auto has chosen when it is stopped', async () => {
      using files = openSharedFiles();
      await using nfs = await openNfsStage(way, files);
      const auto = { engine: 'auto' };
      const listed = () => nfs.stage.daemon.namespace.enter(['ls', STATE]);
      expect(await nfs.call('start', auto)).toMatchObject(DONE);
      expect(await listed()).toContain('engine');
      expect(await nfs.call('stop', auto)).toMatchObject(DONE);
      expect(await listed()).not.toContain('engine');
    });

    describe('with NFSv3', () => {
      const v3 = { nfsv4_only: 'no' };

      it('says before the start that there is no rpcbind', async () => {
        using files = openSharedFiles();
        await using nfs = await openNfsStage(way, files, 'mount --bind /dev/null /usr/sbin/rpcbind');
        const expected = { rc: 5, reason: expect.stringContaining('install rpcbind') };
        expect(await nfs.call('validate-all', v3, { checkLevel: 10 })).toMatchObject(expected);
        expect(await nfs.call('start', v3)).toMatchObject(expected);
      });

      it('ends the rpcbind of a start that was killed before it answered', async () => {
        using files = openSharedFiles();
        // As far as such a start comes: what was there before is written down, and rpcbind runs.
        const note = `mkdir -p ${STATE}; echo '{"before":[]}' >${STATE}/rpcbind.json; rpcbind -w`;
        await using nfs = await openNfsStage(way, files, note);
        pidOf(nfs, 'rpcbind');
        expect(await nfs.call('stop', v3)).toMatchObject(DONE);
        expect(nfs.pidsOf('rpcbind')).toEqual([]);
      });

      it('mounts every export as a client does', async () => {
        using files = openSharedFiles();
        await using nfs = await openNfsStage(way, files);
        expect(await nfs.call('start', v3)).toMatchObject(DONE);
        expect(await nfs.monitor(10, v3)).toMatchObject(DONE);
        // The server has /data alone.
        const wrong = { ...v3, export_path: files.root };
        const reason = expect.stringMatching(/mounts of NFSv3, got MNT3ERR_\w+.* to the mount of/);
        expect(await nfs.monitor(10, wrong)).toMatchObject({ rc: 1, reason });
        expect(await nfs.call('stop', v3)).toMatchObject(DONE);
        expect(nfs.pidsOf('rpcbind')).toEqual([]);
      });
    });
  },
);
