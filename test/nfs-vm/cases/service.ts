import type { Params } from '../agent.ts';
import { type Case, expect, expectMatch, type Stage } from '../case.ts';
import { writeAndRead } from '../client.ts';
import { BOTH, V4 } from './params.ts';

const LEVELS = ['0', '10', '20'];

async function expectHealthy(stage: Stage, params: Params): Promise<void> {
  for (const level of LEVELS) {
    // Files can't be opened before the grace period is over: 190 until then.
    for (let tries = 0; ; tries += 1) {
      const { rc, text } = await stage.call('monitor', params, { env: { OCF_CHECK_LEVEL: level } });
      if (rc === 0) {
        break;
      }
      expect(
        rc === 190 && level === '20' && tries < 30,
        `monitor of level ${level} to give 0`,
        `${rc}: ${text}`,
      );
    }
  }
}

export const serviceCases: readonly Case[] = [
  {
    name: 'v4: stopped is 7, a stop of it 0, and its parameters are valid',
    run: async (stage) => {
      await stage.expect(7, 'monitor', V4);
      await stage.expect(0, 'stop', V4);
      await stage.expect(0, 'validate-all', V4, { env: { OCF_CHECK_LEVEL: '10' } });
    },
  },
  {
    name: 'v4: starts, is healthy at every level, serves a client, and refuses version 3',
    run: async (stage) => {
      await stage.expect(0, 'start', V4);
      await expectHealthy(stage, V4);
      expectMatch(await stage.sh('cat /proc/fs/nfsd/versions'), /^(-2 )?-3 \+4 /);
      await writeAndRead('/data/v4', 4, stage.signal);
      expectMatch(await stage.sh('wc -c < /srv/export/data/v4'), /^[1-9]/);
      const before = await stage.sh('pidof rpc.mountd nfsdcld nfsd');
      await stage.expect(0, 'start', V4);
      expect(
        before === (await stage.sh('pidof rpc.mountd nfsdcld nfsd')),
        'a second start to change nothing',
        '',
      );
      await stage.expect(0, 'stop', V4);
      await stage.expectNothingLeft();
      await stage.expect(7, 'monitor', V4);
    },
  },
  {
    name: 'v3 and v4: start, healthy, clients of both versions, the ports that were given',
    run: async (stage) => {
      await stage.expect(0, 'start', BOTH);
      await expectHealthy(stage, BOTH);
      expectMatch(await stage.sh('cat /proc/fs/nfsd/versions'), /^(-2 )?\+3 \+4 /);
      await writeAndRead('/srv/export/data/v3', 3, stage.signal);
      await writeAndRead('/srv/export/data/both', 4, stage.signal);
      const registered = await stage.sh('rpcinfo -p');
      for (const line of [
        /tcp +20048 +mountd/,
        /tcp +32765 +status/,
        /tcp +32803 +nlockmgr/,
        /udp +32769 +nlockmgr/,
      ]) {
        expectMatch(registered, line);
      }
      await stage.expect(0, 'stop', BOTH);
    },
  },
  {
    name: 'started and stopped three times',
    run: async (stage) => {
      for (let times = 0; times < 3; times += 1) {
        await stage.expect(0, 'start', BOTH);
        await stage.expect(0, 'monitor', BOTH);
        await stage.expect(0, 'stop', BOTH);
        await stage.expectNothingLeft();
      }
    },
  },
  {
    name: 'an rpcbind that was there is used, and stays',
    run: async (stage) => {
      await stage.sh('rpcbind -w');
      const before = await stage.sh('pidof rpcbind');
      await stage.expect(0, 'start', BOTH);
      await stage.sh('kill -STOP $(pidof rpcbind)');
      expectMatch((await stage.expect(1, 'monitor', BOTH)).reason, /rpcbind was stopped/);
      await stage.sh('kill -CONT $(pidof rpcbind)');
      await stage.expect(0, 'stop', BOTH);
      expect(before === (await stage.sh('pidof rpcbind')), 'the same rpcbind', await stage.leftovers());
      await stage.sh('kill $(pidof rpcbind); while pidof rpcbind; do sleep 0.1; done >/dev/null');
    },
  },
  {
    name: 'reload: another directory is exported, and the old one no more, under the same threads',
    run: async (stage) => {
      await stage.sh('mkdir -p /srv/export/other');
      const more = { ...V4, export_path: '/srv/export;/srv/export/other', pseudo: '/;/other' };
      await stage.expect(0, 'start', more);
      const before = await stage.sh('pidof nfsd; cat /var/lib/nfs/etab');
      expectMatch(before, /^\/srv\/export\/other\t\*/m);
      await stage.expect(0, 'reload', V4);
      const after = await stage.sh('pidof nfsd; cat /var/lib/nfs/etab');
      expect(!after.includes('/other'), 'only /srv/export', after);
      expect(before.split('\n')[0] === after.split('\n')[0], 'the same threads', after);
      await stage.expect(0, 'stop', V4);
    },
  },
  {
    name: "exports of /etc/exports are the kernel's too, and go with it",
    run: async (stage) => {
      const params = { engine: 'kernel', nfsv4_only: 'yes', pseudo: '/' };
      await stage.sh('echo "/srv/export *(rw,fsid=0,insecure,no_subtree_check)" > /etc/exports');
      await stage.expect(0, 'start', params);
      await stage.expect(0, 'monitor', params, { env: { OCF_CHECK_LEVEL: '10' } });
      await stage.expect(0, 'stop', params);
      await stage.sh('rm /etc/exports');
    },
  },
];
