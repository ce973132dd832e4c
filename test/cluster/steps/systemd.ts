import { realpathSync } from 'node:fs';
import { type Bench, expect, type Step } from '../bench.ts';
import { resultOf } from '../cluster-log.ts';
import { SystemdHost } from '../systemd-host.ts';
import { mustBeSeen, unloadBundles } from './remote.ts';

/** Each is watched every 2 s (cib/systemd-node.xml). */
const RECOVER_SECONDS = 30;

export const systemdNode: Step = {
  name: 'remote node with systemd: a systemd unit and an LSB script start, are recovered, stop',
  needs: 'cluster',
  async run(bench) {
    const { testbed, agent, figures, log, repository } = bench;
    mustBeSeen(agent.remoteCommand.map((word) => realpathSync(word)));
    await unloadBundles(bench);
    const host = new SystemdHost(testbed, 'remote2');
    await host.boot(`${repository}/test/cluster/systemd-host/boot.sh`, agent.remoteCommand);

    const beganMs = Date.now();
    await testbed.command('load', `${repository}/test/cluster/cib/systemd-node.xml`);
    for (const rsc of [SLOW, SCRIPT]) {
      const started = await log().wait(resultOf('start', rsc), beganMs, 60);
      figures.add(`${rsc} configured → Started`, started.timeMs - beganMs);
    }
    expect((await host.state(UNIT)) === 'active', `${UNIT} to be active when its start has ended`);
    await mustBeTheClusters(host);
    await testbed.settle();

    await recover(bench, SLOW, () => host.pidOf(UNIT));
    await recover(bench, SCRIPT, () => host.pidIn('/run/bundlet-lsb.pid'));

    const stopMs = Date.now();
    for (const rsc of [SLOW, SCRIPT]) {
      await testbed.command('unload', rsc);
      await log().wait(resultOf('stop', rsc), stopMs, 10);
    }
    const state = await host.state(UNIT);
    expect(state === 'inactive', `${UNIT} to be inactive when its stop has ended, got ${state}`);
    expect(!(await host.exists(DROP_IN)), `${DROP_IN} to be gone after the stop`);
    expect(!(await host.exists('/run/bundlet-lsb.pid')), 'the LSB script to have stopped');
    await testbed.command('unload', 'remote2');
  },
};

const SLOW = 'systemd-unit';
const SCRIPT = 'lsb-script';
const UNIT = 'bundlet-slow.service';
const DROP_IN = `/run/systemd/system/${UNIT}.d/50-pacemaker.conf`;

/** Otherwise systemd, which the unit asks for it, would restart what the cluster is to recover [protocol 5.13]. */
async function mustBeTheClusters(host: SystemdHost): Promise<void> {
  expect(await host.exists(DROP_IN), `${DROP_IN} to be there`);
  const restart = await host.property(UNIT, 'Restart');
  expect(restart === 'no', `${UNIT} not to be restarted by systemd, got Restart=${restart}`);
}

/** Kills the service's process, and waits until the cluster has noticed and started it anew. */
async function recover(bench: Bench, rsc: string, pidOf: () => Promise<string>): Promise<void> {
  const { testbed, figures, log } = bench;
  const before = await pidOf();
  const killedMs = Date.now();
  await testbed.on('remote2', 'kill', '-KILL', before);
  const started = await log().wait(resultOf('start', rsc), killedMs, RECOVER_SECONDS);
  figures.add(`${rsc} killed → Started again`, started.timeMs - killedMs);
  await testbed.settle();
  const after = await pidOf();
  expect(after !== before, `another process of ${rsc} than ${before}`);
}
