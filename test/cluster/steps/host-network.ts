import { expect, type Step } from '../bench.ts';
import { guestsOf, HOST_BUNDLE, rolesOf } from '../tool-bundles.ts';

const READY_SECONDS = 120;

/** The C daemon ends at once where it can't have the names. */
export const hostNetwork: Step = {
  name: 'tools: in the host’s network the names are taken: that is told once, our small tools and the resource work',
  needs: 'tools',
  agent: 'bundlet',
  async run(bench) {
    const { agent, testbed, repository } = bench;
    await testbed.loadWith(`${repository}/test/cluster/cib/host-bundle.xml`, {
      IMAGE: agent.smallToolsImage ?? agent.image,
    });
    await rolesOf(bench, HOST_BUNDLE, READY_SECONDS);
    for (const guest of guestsOf(bench, HOST_BUNDLE)) {
      expect((await guest.run('crm_node', '-n')).trim() === guest.name, `${guest.name} to know its name`);
      await guest.run('attrd_updater', '-n', 'host-network', '-U', guest.name);
      const value = await testbed.on('node1', 'attrd_updater', '-n', 'host-network', '-N', guest.name, '-Q');
      expect(value.includes(`value="${guest.name}"`), `the attribute of ${guest.name}, got ${value}`);
      const log = await testbed.tryOn(await guest.host(), 'podman', 'logs', guest.container);
      const told = log.all.split('\n').filter((line) => line.includes('"ipc.names-taken"'));
      expect(told.length === 1, `one line ipc.names-taken in ${guest.name}, got ${told.length}`);
    }
    await testbed.command('unload', HOST_BUNDLE);
    await testbed.settle();
  },
};
