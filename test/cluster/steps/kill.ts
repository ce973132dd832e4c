import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Step } from '../bench.ts';
import { expect } from '../bench.ts';
import { containerOf, guestOf } from '../bundle.ts';
import { resultOf } from '../cluster-log.ts';

/** Apache's monitor runs every 2 s: any moment between two of them. */
const MONITOR_INTERVAL_MS = 2_000;

export const killApache: Step = {
  name: 'Apache killed: fail-count, Started again in the same container',
  needs: 'bundle',
  async run(bench) {
    const failures = await bench.bundle.failCount(0);
    for (let round = 1; round <= bench.agent.killRounds; round++) {
      await sleep(Math.random() * MONITOR_INTERVAL_MS, undefined, { signal: bench.signal });
      await killOnce(bench, failures + round);
    }
  },
};

async function killOnce({ testbed, bundle, figures, log }: Bench, failures: number): Promise<void> {
  const before = await bundle.identity(0);
  const killedMs = await bundle.killApache(0);
  // "error" when Apache died while its status was asked for, else "not running".
  const detected = await log().wait(resultOf('monitor', 'httpd:0', 'not running|error'), killedMs, 20);
  const started = await log().wait(resultOf('start', 'httpd:0'), killedMs, 60);
  figures.add('Apache killed → failure detected', detected.timeMs - killedMs);
  figures.add('Apache killed → Started again', started.timeMs - killedMs);
  await bundle.waitFailCount(0, failures, 20);
  await testbed.settle();
  await bundle.waitStarted();
  await bundle.mustServe();
  const after = await bundle.identity(0);
  expect(before.text === after.text, `the same container, got ${after.text} instead of ${before.text}`);
}

export const killContainer: Step = {
  name: 'container killed: a new one, Started',
  needs: 'bundle',
  async run({ testbed, bundle, figures, log }) {
    const before = await bundle.identity(1);
    const host = await bundle.hostOf(1);
    const killedMs = Date.now();
    await testbed.on(host, 'podman', 'kill', containerOf(1));
    const noticed = await log().wait(new RegExp(`${guestOf(1)}.*(lost|[Uu]nexpected|error)`), killedMs, 60);
    const started = await log().wait(resultOf('start', 'httpd:1'), killedMs, 90);
    figures.add('container killed → cluster notices', noticed.timeMs - killedMs);
    figures.add('container killed → Started again', started.timeMs - killedMs);
    await testbed.settle();
    await bundle.waitStarted();
    await bundle.mustServe();
    const after = await bundle.identity(1);
    expect(before.id !== after.id, `a new container, but it is still ${after.text}`);
  },
};
