import { EXAMPLE_IMAGES, OWN_CACHE } from '../agents.ts';
import { type Bench, expect, type Step } from '../bench.ts';
import { resultOf } from '../cluster-log.ts';
import { loadExample } from '../example-bundle.ts';
import { Guest } from '../guest.ts';
import { stopOrder } from './stop.ts';

const ADDRESS = '10.77.0.181';
const SERVER = `${OWN_CACHE}-server`;
const READY_SECONDS = 90;

export const processBundle: Step = {
  name: 'process: a command without an agent is Started, recovered in the same container, stopped',
  needs: 'cluster',
  agent: 'bundlet',
  async run(bench) {
    const { agent, figures, log, testbed } = bench;
    const guest = new Guest(testbed, OWN_CACHE, 0);
    await loadExample(bench, {
      example: 'process',
      id: OWN_CACHE,
      address: ADDRESS,
      image: EXAMPLE_IMAGES.process,
      options: agent.options,
    });
    await guest.waitRole('Started', READY_SECONDS);
    await testbed.settle();
    await mustAnswer(bench);

    const before = await guest.identity();
    const servers = await guest.processes('memcached');
    expect(servers.length === 1, `one server in the container, got ${servers.length}`);
    const killedMs = Date.now();
    process.kill(servers[0] ?? Number.NaN, 'SIGKILL');
    const started = await log().wait(resultOf('start', SERVER), killedMs, READY_SECONDS);
    figures.add('own-cache: killed → Started again', started.timeMs - killedMs);
    await testbed.settle();
    await mustAnswer(bench);
    const after = await guest.identity();
    expect(after === before, `the same container, ${before}, got ${after}`);

    const stopMs = Date.now();
    await testbed.on('node1', 'pcs', 'resource', 'disable', OWN_CACHE, '--wait=60');
    const names = { application: SERVER, guest: guest.name, container: guest.container };
    const { goneMs } = await stopOrder(bench, names, stopMs);
    figures.add('own-cache: stopped → container gone', goneMs);
    await testbed.on('node1', 'pcs', 'resource', 'delete', OWN_CACHE);
    await testbed.settle();
  },
};

/** Asks for its version from the host outside the cluster. */
async function mustAnswer({ testbed }: Bench): Promise<void> {
  const script = `exec 3<>/dev/tcp/${ADDRESS}/11211; printf 'version\\r\\nquit\\r\\n' >&3; cat <&3`;
  const answer = await testbed.tryOn('lab', 'timeout', '5', 'bash', '-c', script);
  expect(answer.stdout.startsWith('VERSION '), `a version from memcached, got ${answer.all}`);
}
