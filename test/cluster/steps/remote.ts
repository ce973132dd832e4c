import { realpathSync } from 'node:fs';
import { OWN_CACHE, OWN_NFS, OWN_WEB, REFERENCE_WEB } from '../agents.ts';
import type { Bench, Step } from '../bench.ts';
import { resultOf } from '../cluster-log.ts';
import { withCut } from '../network.ts';

/** The hosts of the test bed have their own of these: a program there is not seen on a remote node. */
const HIDDEN = /^\/(etc|var|root|srv|tmp|run|dev)\//;

/** The connection is looked at every 30 s, 15 s long (cib/remote-node.xml). */
const NOTICE_SECONDS = 75;

export const remoteNode: Step = {
  name: 'remote node without a container: online, cut until noticed, online again',
  needs: 'cluster',
  async run(bench) {
    const { testbed, agent, figures, log } = bench;
    mustBeSeen(agent.remoteCommand.map((word) => realpathSync(word)));
    await unloadBundles(bench);
    const beganMs = Date.now();
    await testbed.command('remote', 'remote1', ...agent.remoteCommand);
    await testbed.load('remote-node.xml');
    await testbed.wait(ONLINE, 30);
    const dummy = await log().wait(resultOf('start', 'dummy'), beganMs, 30);
    figures.add('remote node configured → Dummy Started', dummy.timeMs - beganMs);
    await testbed.settle();

    const cutMs = Date.now();
    await withCut(testbed, 'remote1', () => testbed.wait(`! { ${ONLINE}; }`, NOTICE_SECONDS));
    const restoredMs = Date.now();
    figures.add('remote node cut → cluster notices', restoredMs - cutMs);
    await testbed.wait(ONLINE, 60);
    figures.add('remote node, restored → online', Date.now() - restoredMs);
    await testbed.wait("crm_mon -1 | grep -q 'dummy.*Started remote1'", 60);
    figures.add('remote node, restored → Dummy Started there', Date.now() - restoredMs);
    await testbed.settle();
    await testbed.command('unload', 'dummy');
    await testbed.command('unload', 'remote1');
  },
};

const ONLINE = "crm_mon -1 | grep -q 'RemoteOnline: \\[ remote1 \\]'";

/** A remote node must see the files it is to run. */
export function mustBeSeen(files: readonly string[]): void {
  for (const file of files) {
    if (HIDDEN.test(file)) {
      throw new Error(
        `A remote node cannot see ${file}: its own /etc, /var, /root, /srv, /tmp, /run and /dev hide the checkout`,
      );
    }
  }
}

/** Steps before end their bundles themselves, unless they fail. */
const BUNDLES_BEFORE = ['httpd-bundle', OWN_WEB, REFERENCE_WEB, OWN_NFS, OWN_CACHE];

/** The cluster may place a bundle on a remote node too; there it fails here, for want of a podman. */
export async function unloadBundles({ testbed }: Bench): Promise<void> {
  // A bad exit code where there is none.
  const { stdout } = await testbed.tryOn(
    'node1',
    'cibadmin',
    '--query',
    '--node-path',
    '--xpath',
    '//bundle',
  );
  for (const bundle of BUNDLES_BEFORE.filter((id) => stdout.includes(`[@id='${id}']`))) {
    await testbed.command('unload', bundle);
  }
}
