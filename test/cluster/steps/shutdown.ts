import { type Bench, expect, type Step } from '../bench.ts';
import { containerOf, type Replica } from '../bundle.ts';
import { resultOf } from '../cluster-log.ts';

/** What whoever stops the container gives it; the daemon's own limit is 5 s less (agents.ts). */
const GRACE = '60';

const REPLICA: Replica = 0;

/** The cluster looks at containers once a minute. */
const RECOVER_SECONDS = 150;

export const shutdownHandshake: Step = {
  name: 'container stopped by somebody else: Apache is stopped in order first, all is started again',
  needs: 'bundle',
  async run(bench) {
    const { agent, bundle, figures, log, testbed } = bench;
    const { beganMs, endedMs, exitCode } = await stopContainer(bench);
    figures.add('podman stop of a bundle’s container', endedMs - beganMs);
    figures.note('the same: exit code', exitCode);
    const [stopped] = log().find(resultOf('stop', `httpd:${REPLICA}`), beganMs);
    const isFirst = stopped !== undefined && stopped.timeMs <= endedMs;
    figures.note('the same: Apache stopped first', isFirst ? 'yes' : 'no');
    if (agent.movesOffAtStop) {
      expect(isFirst, `Apache to be stopped by the cluster before its container ended, got ${stopped?.text}`);
      expect(exitCode === '0', `exit code 0, got ${exitCode}`);
    }
    await bundle.waitStarted('node.', RECOVER_SECONDS);
    await bundle.waitGuestsOnline(30);
    await bundle.mustServe();
    figures.add('the same: until Started again', Date.now() - beganMs);
    await testbed.settle();
  },
};

export const shutdownRefused: Step = {
  name: 'container stopped by somebody else in maintenance mode: nothing is waited for',
  needs: 'bundle',
  async run(bench) {
    const { agent, bundle, figures, log, testbed } = bench;
    await testbed.on('node1', 'pcs', 'property', 'set', 'maintenance-mode=true');
    try {
      const { beganMs, endedMs, exitCode } = await stopContainer(bench);
      const elapsedMs = endedMs - beganMs;
      figures.add('podman stop in maintenance mode', elapsedMs);
      if (agent.stopLimitMs !== undefined) {
        expect(elapsedMs < agent.stopLimitMs, `a stop in ${agent.stopLimitMs} ms, got ${elapsedMs} ms`);
        expect(exitCode === '0', `exit code 0, got ${exitCode}`);
      }
      const [stopped] = log().find(resultOf('stop', `httpd:${REPLICA}`), beganMs);
      expect(stopped === undefined, `the cluster to stop nothing, got ${stopped?.text}`);
    } finally {
      await testbed.on('node1', 'pcs', 'property', 'set', 'maintenance-mode=false');
    }
    await bundle.waitStarted('node.', RECOVER_SECONDS);
    await bundle.mustServe();
    await testbed.settle();
  },
};

interface Stopped {
  readonly beganMs: number;
  readonly endedMs: number;
  readonly exitCode: string;
}

/** As somebody would who does not know of the cluster. */
async function stopContainer({ bundle, testbed }: Bench): Promise<Stopped> {
  const host = await bundle.hostOf(REPLICA);
  // The cluster may take the container away at once: so its exit code is waited for, not looked up.
  const wait = testbed.on(host, 'podman', 'wait', containerOf(REPLICA));
  const beganMs = Date.now();
  await testbed.on(host, 'podman', 'stop', '-t', GRACE, containerOf(REPLICA));
  const endedMs = Date.now();
  return { beganMs, endedMs, exitCode: (await wait).trim() };
}
