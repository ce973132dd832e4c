import type { Step } from '../bench.ts';
import { guestOf, replicas } from '../bundle.ts';
import { resultOf } from '../cluster-log.ts';

export const start: Step = {
  name: 'bundle: both replicas started, guest nodes online, both addresses answer',
  needs: 'cluster',
  provides: 'bundle',
  async run({ testbed, bundle, figures, log }) {
    const beganMs = Date.now();
    await testbed.load('httpd-bundle.xml');
    await bundle.waitStarted();
    await bundle.waitGuestsOnline(10);
    await bundle.mustServe();
    for (const replica of replicas) {
      const online = await log().wait(resultOf('start', guestOf(replica)), beganMs, 5);
      const started = await log().wait(resultOf('start', `httpd:${replica}`), beganMs, 5);
      figures.add('bundle configured → remote connection up', online.timeMs - beganMs);
      figures.add('bundle configured → Apache Started', started.timeMs - beganMs);
    }
    await testbed.settle();
  },
};
