import { callText } from '../agent.ts';
import { type Case, expect, expectMatch } from '../case.ts';
import { BOTH, V4 } from './params.ts';

const HELPERS = ['rpcbind', 'rpc.statd', 'rpc.mountd', 'nfsdcld'];

/** An rpc.nfsd in a folder of its own that does something else. */
const fake = (script: string): string =>
  `mkdir -p /tmp/fake && printf '%s\\n' '#!/bin/sh' '${script}' > /tmp/fake/rpc.nfsd && chmod 755 /tmp/fake/rpc.nfsd`;

const FAKE_PATH = '/tmp/fake:/usr/sbin:/usr/bin:/sbin:/bin';

export const faultCases: readonly Case[] = [
  {
    name: 'each helper that is killed or frozen is named by the monitor, and a start repairs it',
    run: async (stage) => {
      await stage.expect(0, 'start', BOTH);
      for (const name of HELPERS) {
        await stage.sh(`kill -9 $(pidof ${name})`);
        expectMatch((await stage.expect(1, 'monitor', BOTH)).reason, new RegExp(`${name} does not run`));
      }
      await stage.expect(0, 'start', BOTH);
      await stage.expect(0, 'monitor', BOTH);
      for (const name of HELPERS) {
        await stage.sh(`kill -STOP $(pidof ${name})`);
        expectMatch((await stage.expect(1, 'monitor', BOTH)).reason, new RegExp(`${name} was stopped`));
        await stage.sh(`kill -CONT $(pidof ${name})`);
      }
      await stage.expect(0, 'monitor', BOTH);
      await stage.expect(0, 'stop', BOTH);
    },
  },
  {
    name: 'all helpers killed, and all frozen: the stop leaves nothing',
    run: async (stage) => {
      for (const signal of ['KILL', 'STOP']) {
        await stage.expect(0, 'start', BOTH);
        await stage.sh(`kill -${signal} $(pidof ${HELPERS.join(' ')})`);
        await stage.expect(0, 'stop', BOTH);
        await stage.expectNothingLeft();
        await stage.expect(7, 'monitor', BOTH);
      }
    },
  },
  {
    name: 'threads that went to 0 are seen',
    run: async (stage) => {
      await stage.expect(0, 'start', V4);
      await stage.sh('rpc.nfsd 0');
      expectMatch((await stage.expect(1, 'monitor', V4)).reason, /no threads, while .*rpc\.mountd/);
      await stage.expect(0, 'stop', V4);
    },
  },
  {
    name: 'a start that is killed in the middle is cleaned up by the stop',
    run: async (stage) => {
      await stage.sh(fake('touch /tmp/fake/reached; exec sleep 1000'));
      const start = callText('start', BOTH, { path: FAKE_PATH });
      await stage.sh(`rm -f /tmp/fake/reached; (${start}) >/dev/null 2>&1 &
for i in $(seq 600); do [ -e /tmp/fake/reached ] && break; usleep 100000; done; [ -e /tmp/fake/reached ]
for p in $(pidof node); do kill -9 $p; done; kill -9 $(pidof sleep)`);
      expectMatch(await stage.leftovers(), /rpc\.mountd/);
      await stage.expect(1, 'monitor', BOTH);
      await stage.expect(0, 'stop', BOTH);
      await stage.expectNothingLeft();
      await stage.expect(7, 'monitor', BOTH);
    },
  },
  {
    name: 'a start that fails tells what rpc.nfsd said',
    run: async (stage) => {
      await stage.sh(fake('echo rpc.nfsd: no luck today >&2; exit 1'));
      const { reason } = await stage.expect(1, 'start', V4, { path: FAKE_PATH });
      expectMatch(reason, /got status 1: rpc\.nfsd: no luck today/);
      await stage.expect(0, 'stop', V4);
    },
  },
  {
    name: 'a port that is taken is told at once',
    run: async (stage) => {
      await stage.sh('nc -ll -p 2049 -e /bin/true >/dev/null 2>&1 & sleep 0.2');
      const { text } = await stage.expect(1, 'start', V4);
      await stage.sh('kill $(pidof nc | tr " " "\\n" | head -1)');
      expectMatch(text, /2049|address|bind/i);
      await stage.expect(0, 'stop', V4);
    },
  },
  {
    name: 'mounts in use are taken out of sight, and their user is named',
    run: async (stage) => {
      await stage.expect(0, 'start', V4);
      await stage.sh('cd /var/lib/nfs/rpc_pipefs && (sleep 300 </dev/null >/dev/null 2>&1 &)');
      const { text } = await stage.expect(0, 'stop', V4);
      expectMatch(text, /rpc_pipefs .*is used by sleep \(\d+\)/);
      await stage.sh('kill $(pidof sleep)');
      await stage.expectNothingLeft();
      await stage.expect(0, 'start', V4);
      await stage.expect(0, 'stop', V4);
    },
  },
  {
    name: 'a server that nobody remembers is watched and stopped',
    run: async (stage) => {
      await stage.expect(0, 'start', V4);
      await stage.sh('rm -rf /run/bundlet/agents');
      await stage.expect(0, 'monitor', V4);
      await stage.expect(0, 'stop', V4);
      const left = await stage.leftovers();
      expect(!/process|export/.test(left), 'no process and no export', left);
      // Whose mounts those were is not known then.
      await stage.sh('umount /var/lib/nfs/rpc_pipefs /proc/fs/nfsd');
    },
  },
  {
    name: 'wrong parameters have the right code',
    run: async (stage) => {
      await stage.expect(6, 'validate-all', { ...V4, clients: '' });
      await stage.expect(6, 'validate-all', { ...V4, pseudo: '/elsewhere' });
      await stage.expect(6, 'start', { ...BOTH, nfs_notify_cmd: '/bin/true' });
      await stage.expect(2, 'start', { ...V4, export_path: '/srv/none' });
      await stage.sh(
        'mkdir -p /tmp/o/u /tmp/o/w /tmp/o/m; mount -t overlay -o lowerdir=/etc,upperdir=/tmp/o/u,workdir=/tmp/o/w o /tmp/o/m',
      );
      expectMatch((await stage.expect(2, 'start', { ...V4, export_path: '/tmp/o/m' })).reason, /overlayfs/);
      await stage.sh('umount /tmp/o/m');
    },
  },
];
