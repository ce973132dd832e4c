import type { Step } from '../bench.ts';
import { replicas } from '../bundle.ts';
import { resultOf } from '../cluster-log.ts';

/** node2, because the test bed's commands run on node1. */
export const crashNode: Step = {
  name: 'node crashes: its replica on the other node; node back',
  needs: 'bundle',
  async run({ testbed, bundle, figures, log }) {
    const hosts = await Promise.all(replicas.map((replica) => bundle.hostOf(replica)));
    const crashedMs = Date.now();
    await testbed.command('crash', 'node2');
    await testbed.wait("crm_mon -1 | grep -q 'OFFLINE: \\[ node2 \\]'", 30);
    await testbed.settle();
    await bundle.waitStarted('node1');
    await bundle.mustServe();
    for (const replica of replicas.filter((one) => hosts[one] === 'node2')) {
      const started = await log().wait(resultOf('start', `httpd:${replica}`), crashedMs, 5);
      figures.add('node crashed → Started on the other', started.timeMs - crashedMs);
    }
    const returnMs = Date.now();
    await testbed.command('start', 'node2');
    await testbed.wait("crm_mon -1 | grep -q 'Online: \\[ node1 node2 \\]'", 60);
    await testbed.settle();
    figures.add('node started → cluster settled', Date.now() - returnMs);
    await bundle.waitStarted();
    await bundle.mustServe();
  },
};
