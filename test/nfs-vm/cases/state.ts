import { type Case, expect, expectMatch } from '../case.ts';
import { askScope } from '../scope.ts';
import { BOTH, V4 } from './params.ts';

const SHARED = '/srv/export/state';

/** A kernel client in the guest, which holds a lock. */
const HOLD_LOCK = `mkdir -p /mnt/n && mount -t nfs4 -o addr=127.0.0.1,clientaddr=127.0.0.1,vers=4.2 127.0.0.1:/ /mnt/n
touch /mnt/n/data/locked; (flock -x /mnt/n/data/locked sleep 600 </dev/null >/dev/null 2>&1 &)
for i in $(seq 100); do grep -q 'type: lock' /proc/fs/nfsd/clients/*/states && break; usleep 100000; done
grep -q 'type: lock' /proc/fs/nfsd/clients/*/states`;

/** The list that statd keeps of clients with locks. */
const WITH_CLIENT = `rm -rf ${SHARED}; mkdir -p ${SHARED}/sm
echo "7f000001 000186b5 00000003 00000010 00000000000000000000000000000001 10.0.2.2 testbed" > ${SHARED}/sm/10.0.2.2`;

export const stateCases: readonly Case[] = [
  {
    name: 'a lock survives a fail-over with the shared directory',
    run: async (stage) => {
      const params = { ...V4, nfs_shared_infodir: SHARED };
      await stage.expect(0, 'start', params);
      await stage.sh(HOLD_LOCK);
      await stage.expect(0, 'stop', params);
      await stage.expectNothingLeft();
      // As on another node: nothing of this one's own state is there.
      await stage.sh('mv /var/lib/nfs /var/lib/nfs.away; rm -rf /run/bundlet/agents; dmesg -c >/dev/null');
      await stage.expect(0, 'start', params);
      await stage.sh(
        "for i in $(seq 300); do grep -q 'type: lock' /proc/fs/nfsd/clients/*/states && break; usleep 100000; done; grep -q 'type: lock' /proc/fs/nfsd/clients/*/states",
      );
      expectMatch(await stage.sh('dmesg'), /starting 10-second grace period|reclaim/);
      await stage.sh('kill $(pidof sleep); umount -f /mnt/n || umount -l /mnt/n');
      await stage.expect(0, 'stop', params);
      await stage.sh(`rm -rf /var/lib/nfs; mv /var/lib/nfs.away /var/lib/nfs; rm -rf ${SHARED}`);
    },
  },
  {
    name: 'NFSv3 clients are notified from every address, in the background, until they answer',
    run: async (stage) => {
      const params = {
        ...BOTH,
        nfs_shared_infodir: SHARED,
        nfs_ip: '10.0.2.15,10.0.2.16',
        nfs_smnotify_retry_time: 5,
      };
      await stage.sh(`${WITH_CLIENT}; ip addr add 10.0.2.16/24 dev eth0 2>/dev/null; true`);
      await stage.expect(0, 'start', params);
      const left = await stage.leftovers();
      expectMatch(left, /sm-notify .*-m 5 .*-v 10\.0\.2\.15/);
      expectMatch(left, /sm-notify .*-m 5 .*-v 10\.0\.2\.16/);
      const first = await stage.sh(`od -An -d ${SHARED}/state`);
      await stage.expect(0, 'stop', params);
      await stage.expectNothingLeft();
      await stage.expect(
        0,
        'start',
        { ...params, nfs_notify_foreground: 'yes' },
        { env: { OCF_RESKEY_CRM_meta_timeout: '40000' } },
      );
      expectMatch(await stage.leftovers(), /sm-notify .*10\.0\.2\.16/);
      const second = await stage.sh(`od -An -d ${SHARED}/state`);
      expect(first !== second && /^\s*\d*[13579]\s/.test(second), `another odd number than ${first}`, second);
      await stage.expect(0, 'stop', params);
      await stage.sh(`rm -rf ${SHARED}`);
    },
  },
  {
    name: 'no notification where none is wanted, and the list is kept',
    run: async (stage) => {
      const params = { ...BOTH, nfs_shared_infodir: SHARED, nfs_no_notify: 'yes' };
      await stage.sh(WITH_CLIENT);
      await stage.expect(0, 'start', params);
      expect(!(await stage.leftovers()).includes('sm-notify'), 'no sm-notify', await stage.leftovers());
      await stage.sh(`test -s ${SHARED}/sm/10.0.2.2`);
      await stage.expect(0, 'stop', params);
      await stage.sh(`rm -rf ${SHARED}`);
    },
  },
  {
    name: 'an address without a name is told, and stops no start',
    run: async (stage) => {
      const params = { ...BOTH, nfs_shared_infodir: SHARED, nfs_ip: '10.0.2.99' };
      await stage.sh(WITH_CLIENT);
      const { text } = await stage.expect(0, 'start', params);
      expectMatch(text, /not notified from 10\.0\.2\.99.*does 10\.0\.2\.99 have a name/);
      await stage.expect(0, 'stop', params);
      await stage.sh(`rm -rf ${SHARED}`);
    },
  },
  {
    name: 'the scope is the one that was given, and the machine keeps its name',
    run: async (stage) => {
      await stage.expect(0, 'start', { ...V4, nfs_server_scope: 'cluster-scope' });
      expectMatch(await stage.sh('hostname'), /^testbed$/m);
      expectMatch(await askScope(), /cluster-scope/);
      await stage.expect(0, 'stop', V4);
    },
  },
  {
    name: 'the grace period is as long as it was given, and can be none',
    run: async (stage) => {
      await stage.expect(0, 'start', { ...V4, grace_period: 25, lease_lifetime: 15 });
      expectMatch(
        await stage.sh('cat /proc/fs/nfsd/nfsv4gracetime /proc/fs/nfsd/nfsv4leasetime'),
        /^25\n15\n/,
      );
      await stage.expect(0, 'stop', V4);
      await stage.expect(0, 'start', { ...V4, grace_period: 0 });
      expectMatch(await stage.sh('cat /proc/fs/nfsd/v4_end_grace'), /^Y/);
      await stage.expect(0, 'stop', V4);
    },
  },
];
