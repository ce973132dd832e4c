import { callText, quote } from '../agent.ts';
import { type Case, expect, expectMatch } from '../case.ts';
import { V4 } from './params.ts';

/** What podman leaves to a container's root. */
const PODMAN_CAPABILITIES = [
  'chown',
  'dac_override',
  'fowner',
  'fsetid',
  'kill',
  'net_bind_service',
  'setfcap',
  'setgid',
  'setpcap',
  'setuid',
  'sys_chroot',
];

/** Like a container: a network and a tree of its own, with its own nfsd mounted from outside or not. */
const inContainer = (isNfsdMounted: boolean, script: string): string => {
  const setup = `ip link set lo up; mount -t tmpfs t /var/lib/nfs; mount -t tmpfs t /run
${isNfsdMounted ? 'mount -t nfsd nfsd /proc/fs/nfsd' : ':'}`;
  return `unshare --net --mount sh -c ${quote(`${setup}\n${script}`)}`;
};

// With its path: busybox has one of its own that knows less.
const UNPRIVILEGED = `/usr/sbin/setpriv --bounding-set=-all,${PODMAN_CAPABILITIES.map((name) => `+${name}`).join(',')} --inh-caps=-all`;

export const containerCases: readonly Case[] = [
  {
    name: 'a kernel without nfsd is named, with what to do',
    run: async (stage) => {
      // Only the first case finds a kernel that has not loaded it yet.
      const isLoaded = (await stage.sh('cat /proc/filesystems')).includes('nfsd');
      expect(!isLoaded, 'a kernel that has not loaded nfsd', 'one that has');
      await stage.sh('mv /lib/modules /lib/modules.away');
      const { reason } = await stage.expect(5, 'start', V4);
      await stage.expect(5, 'validate-all', V4, { env: { OCF_CHECK_LEVEL: '10' } });
      await stage.expect(7, 'monitor', V4);
      await stage.expect(0, 'stop', V4);
      await stage.sh('mv /lib/modules.away /lib/modules');
      expectMatch(reason, /modprobe nfsd on the host/);
    },
  },
  {
    name: "podman's capabilities do, where nfsd was mounted from outside",
    run: async (stage) => {
      const under = (action: string, level = '0'): string =>
        callText(action, V4, { under: UNPRIVILEGED, env: { OCF_CHECK_LEVEL: level } });
      const output = await stage.sh(
        inContainer(
          true,
          `${under('start')} || exit 1; ${under('monitor')} || exit 2; ${under('monitor', '10')} || exit 3
${under('stop')} || exit 4; ${under('monitor')}; [ $? = 7 ] || exit 5; mount | grep -q " /proc/fs/nfsd " || exit 6; pidof rpc.mountd && exit 7; true`,
        ),
      );
      expectMatch(output, /rpc_pipefs can't be mounted .*nfsdcld is not started/);
    },
  },
  {
    name: "podman's capabilities do not, where it was not: the reason says so",
    run: async (stage) => {
      const { status, output } = await stage.trySh(
        inContainer(
          false,
          `umount /proc/fs/nfsd 2>/dev/null; ${callText('start', V4, { under: UNPRIVILEGED })}`,
        ),
      );
      expect(status === 4, 'status 4', `${status}: ${output}`);
      expectMatch(output, /ocf-exit-reason:Expected \/proc\/fs\/nfsd to be mounted.*CAP_SYS_ADMIN/);
    },
  },
  {
    name: 'a scope needs a capability, and says so',
    run: async (stage) => {
      const start = callText('start', { ...V4, nfs_server_scope: 'cluster' }, { under: UNPRIVILEGED });
      const { status, output } = await stage.trySh(inContainer(true, start));
      expect(status === 4, 'status 4', `${status}: ${output}`);
      expectMatch(output, /give the container that host name/);
    },
  },
  {
    name: 'a second server in a network of its own disturbs no other',
    run: async (stage) => {
      await stage.expect(0, 'start', V4);
      const other = { ...V4, grace_period: 20 };
      await stage.sh(
        inContainer(
          true,
          `${callText('start', other)} || exit 1; ${callText('monitor', other)} || exit 2
[ $(cat /proc/fs/nfsd/threads) = 8 ] || exit 3; ${callText('stop', other)} || exit 4; ${callText('monitor', other)}; [ $? = 7 ]`,
        ),
      );
      await stage.expect(0, 'monitor', V4, { env: { OCF_CHECK_LEVEL: '10' } });
      await stage.expect(0, 'stop', V4);
    },
  },
  {
    name: "files of another network's nfsd are not taken for ours",
    run: async (stage) => {
      await stage.sh('modprobe nfsd; mount -t nfsd nfsd /proc/fs/nfsd');
      const { status, output } = await stage.trySh(
        `unshare --net --mount sh -c ${quote(`ip link set lo up; ${callText('start', V4)}`)}`,
      );
      expect(status === 1, 'status 1', `${status}: ${output}`);
      expectMatch(output, /ocf-exit-reason:/);
      expectMatch(await stage.sh('cat /proc/fs/nfsd/threads'), /^0$/m);
      await stage.sh(
        'umount /proc/fs/nfsd; rm -rf /run/bundlet/agents; for n in rpc.mountd nfsdcld; do kill $(pidof $n); done; sleep 0.3; exportfs -au; umount /var/lib/nfs/rpc_pipefs; true',
      );
    },
  },
];
