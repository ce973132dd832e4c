import { type Bench, expect, type Step } from '../bench.ts';
import { containerOf, guestOf, replicas } from '../bundle.ts';
import { resultOf } from '../cluster-log.ts';

export const disableBundle: Step = {
  name: 'bundle disabled: Apache, connection, container stop in this order',
  needs: 'bundle',
  async run(bench) {
    const { testbed, agent, figures } = bench;
    const beganMs = Date.now();
    await testbed.on('node1', 'pcs', 'resource', 'disable', 'httpd-bundle', '--wait=60');
    const times: number[] = [];
    for (const replica of replicas) {
      const names = {
        application: `httpd:${replica}`,
        guest: guestOf(replica),
        container: containerOf(replica),
      };
      const { stoppedMs, goneMs } = await stopOrder(bench, names, beganMs);
      figures.add('bundle disabled → Apache stopped', stoppedMs);
      figures.add('primitive stopped → container gone', goneMs);
      times.push(goneMs);
    }
    const slowest = Math.max(...times);
    const limit = agent.stopLimitMs;
    expect(limit === undefined || slowest < limit, `containers to stop in ${limit} ms, got ${slowest} ms`);
    for (const node of ['node1', 'node2']) {
      const left = (await testbed.on(node, 'podman', 'ps', '-q')).trim();
      expect(left === '', `no container on ${node}, got ${left}`);
    }
    await testbed.on('node1', 'pcs', 'resource', 'delete', 'httpd-bundle');
    await testbed.settle();
  },
};

/** What the cluster calls the parts of a replica. */
export interface ReplicaNames {
  readonly application: string;
  readonly guest: string;
  readonly container: string;
}

/**
 * Checks that a replica's application, connection and container stopped in this order. Returns when the application had
 * stopped, since `sinceMs`, and how long it took from "its node is left" to "the container is gone".
 */
export async function stopOrder(
  { log }: Pick<Bench, 'log'>,
  names: ReplicaNames,
  sinceMs: number,
): Promise<{ readonly stoppedMs: number; readonly goneMs: number }> {
  const application = await log().wait(resultOf('stop', names.application), sinceMs, 5);
  const left = await log().wait(resultOf('stop', names.guest), sinceMs, 5);
  const gone = await log().wait(resultOf('stop', names.container), sinceMs, 5);
  expect(
    application.timeMs <= left.timeMs && left.timeMs <= gone.timeMs,
    `${names.application}, connection, container in this order`,
  );
  return { stoppedMs: application.timeMs - sinceMs, goneMs: gone.timeMs - left.timeMs };
}

const CONTAINER = 'cluster-single';

/** Without a cluster, so that the container's exit code and its last words can be seen. */
export const podmanStop: Step = {
  name: 'podman stop of a container alone',
  needs: 'cluster',
  async run({ testbed, agent, figures }) {
    await testbed.on(
      'node1',
      'podman',
      'run',
      '-d',
      '--name',
      CONTAINER,
      '-e',
      'PCMK_stderr=1',
      agent.image,
      agent.runCommand,
    );
    const listening = `grep -q ':0C31 .* 0A ' /proc/$(podman inspect ${CONTAINER} --format '{{.State.Pid}}')/net/tcp*`;
    await testbed.wait(listening, 20);
    const beganMs = performance.now();
    await testbed.on('node1', 'podman', 'stop', '-t', '10', CONTAINER);
    const elapsedMs = performance.now() - beganMs;
    const exitCode = (
      await testbed.on('node1', 'podman', 'inspect', CONTAINER, '--format', '{{.State.ExitCode}}')
    ).trim();
    figures.add('podman stop', elapsedMs);
    figures.note('podman stop: exit code', exitCode === '137' ? '137 (SIGKILL)' : exitCode);
    if (agent.stopLimitMs !== undefined) {
      expect(
        elapsedMs < agent.stopLimitMs,
        `a stop in ${agent.stopLimitMs} ms, got ${Math.round(elapsedMs)} ms`,
      );
      expect(exitCode === '0', `exit code 0, got ${exitCode}`);
    }
  },
};
