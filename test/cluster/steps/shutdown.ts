import { type Bench, expect, type Step } from '../bench.ts';
import { containerOf, type Replica } from '../bundle.ts';
import { resultOf } from '../cluster-log.ts';

/** What whoever stops the container gives it; the daemon's own limit is less (agents.ts). */
const GRACE = '60';

/** The daemon's own limit, and what a container takes to end. */
const OWN_LIMIT_MS = 25_000;

const REPLICA: Replica = 0;

/** The cluster was quicker than our look at the exit code. */
const GONE = 'gone already';

/** The cluster looks at containers once a minute. */
const RECOVER_SECONDS = 150;

export const shutdownHandshake: Step = {
  name: 'container stopped by somebody else: Apache is stopped in order first, all is started again',
  needs: 'bundle',
  async run(bench) {
    const { agent, figures, log } = bench;
    const { beganMs, endedMs, exitCode } = await stopContainer(bench);
    figures.add('podman stop of a bundle’s container', endedMs - beganMs);
    figures.note('the same: exit code', exitCode);
    const [stopped] = log().find(resultOf('stop', `httpd:${REPLICA}`), beganMs);
    const isFirst = stopped !== undefined && stopped.timeMs <= endedMs;
    figures.note('the same: Apache stopped first', isFirst ? 'yes' : 'no');
    if (agent.movesOffAtStop) {
      expect(isFirst, `Apache to be stopped by the cluster before its container ended, got ${stopped?.text}`);
      expect(['0', GONE].includes(exitCode), `exit code 0, got ${exitCode}`);
    }
    // From the beginning on: who was killed is started again before the command that did it comes back.
    await recovered(bench, beganMs);
    figures.add('the same: until all is as before', Date.now() - beganMs);
  },
};

/**
 * Pacemaker 2.1.5 answers a bundle's daemon with an ack, although in maintenance mode it stops nothing (docs/observed.md):
 * only the daemon's own limit ends the wait.
 */
export const shutdownInMaintenance: Step = {
  name: 'container stopped by somebody else in maintenance mode: it ends by its own limit, nothing is stopped first',
  needs: 'bundle',
  async run(bench) {
    const { agent, figures, log, testbed } = bench;
    await testbed.on('node1', 'pcs', 'property', 'set', 'maintenance-mode=true');
    let leftMs = Date.now();
    try {
      const { beganMs, endedMs, exitCode } = await stopContainer(bench);
      const elapsedMs = endedMs - beganMs;
      figures.add('podman stop in maintenance mode', elapsedMs);
      if (agent.movesOffAtStop) {
        expect(elapsedMs < OWN_LIMIT_MS, `a stop in ${OWN_LIMIT_MS} ms, got ${elapsedMs} ms`);
        expect(['0', GONE].includes(exitCode), `exit code 0, got ${exitCode}`);
      }
      const [stopped] = log().find(resultOf('stop', `httpd:${REPLICA}`), beganMs);
      expect(stopped === undefined, `the cluster to stop nothing, got ${stopped?.text}`);
    } finally {
      leftMs = Date.now();
      await testbed.on('node1', 'pcs', 'property', 'set', 'maintenance-mode=false');
    }
    await recovered(bench, leftMs);
  },
};

/** The status shows what was until the cluster has looked at the container: so its log is asked. */
async function recovered({ bundle, log, testbed }: Bench, sinceMs: number): Promise<void> {
  await log().wait(resultOf('start', `httpd:${REPLICA}`), sinceMs, RECOVER_SECONDS);
  await testbed.settle();
  await bundle.waitStarted();
  await bundle.waitGuestsOnline(30);
  await bundle.mustServe();
}

interface Stopped {
  readonly beganMs: number;
  readonly endedMs: number;
  readonly exitCode: string;
}

/** As somebody would who does not know of the cluster. */
async function stopContainer({ bundle, testbed }: Bench): Promise<Stopped> {
  const host = await bundle.hostOf(REPLICA);
  const container = containerOf(REPLICA);
  const beganMs = Date.now();
  // In one go: the cluster may take the container away as soon as it has ended.
  const look = `podman inspect "$1" --format "{{.State.ExitCode}}" 2>/dev/null || echo ${GONE}`;
  const stop = `podman stop -t ${GRACE} "$1" >/dev/null && date +%s%3N && { ${look}; }`;
  const text = await testbed.on(host, 'sh', '-c', stop, 'sh', container);
  const [ended = '', exitCode = ''] = text.trim().split('\n');
  return { beganMs, endedMs: Number(ended), exitCode };
}
