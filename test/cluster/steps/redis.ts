import { type Bench, expect, type Step } from '../bench.ts';
import { resultOf } from '../cluster-log.ts';
import type { Guest } from '../guest.ts';
import { guestsOf, REDIS_BUNDLE, rolesOf } from '../tool-bundles.ts';
import { until } from '../wait.ts';

const READY_SECONDS = 120;
/** A replica connects again, and takes over the data, once it has been told of its master. */
const REPLICATE_SECONDS = 30;

export const redisStart: Step = {
  name: 'redis: a master is elected, what it is told is on the other',
  needs: 'tools',
  async run(bench) {
    const { testbed, agent, repository, figures } = bench;
    const beganMs = performance.now();
    const file = `${repository}/test/cluster/cib/redis-bundle.xml`;
    await testbed.loadWith(file, { IMAGE: agent.toolsImage });
    await rolesOf(bench, REDIS_BUNDLE, READY_SECONDS);
    figures.add('redis configured → a master and a replica', performance.now() - beganMs);
    await testbed.settle();
    await mustReplicate(bench, 'first');
  },
};

export const redisKill: Step = {
  name: 'redis: the master’s server is killed, the other takes over, containers and data stay',
  needs: 'tools',
  async run(bench) {
    const identities = await identitiesOf(bench);
    await takeOver(bench);
    // The next step's crash is node2's.
    if ((await masterHost(bench)) === 'node1') {
      await takeOver(bench);
    }
    const after = await identitiesOf(bench);
    expect(after === identities, `the same containers, ${identities}, got ${after}`);
    await mustHave(bench, 'first');
    await mustReplicate(bench, 'second');
  },
};

export const redisCrash: Step = {
  name: 'redis: the master’s node crashes, the other becomes master and has the data; node back',
  needs: 'tools',
  async run(bench) {
    const { testbed, figures, log } = bench;
    expect((await masterHost(bench)) === 'node2', 'the master to be on node2, as the step before leaves it');
    const crashedMs = Date.now();
    await testbed.command('crash', 'node2');
    const promoted = await log().wait(resultOf('promote', 'redis:?\\d?'), crashedMs, READY_SECONDS);
    figures.add('redis: node crashed → the other is master', promoted.timeMs - crashedMs);
    await testbed.settle();
    expect((await masterHost(bench)) === 'node1', 'the master to be on node1');
    await testbed.command('start', 'node2');
    await testbed.wait("crm_mon -1 | grep -q 'Online: \\[ node1 node2 \\]'", 60);
    await testbed.settle();
    await rolesOf(bench, REDIS_BUNDLE, READY_SECONDS);
    await mustHave(bench, 'second');
    await mustReplicate(bench, 'third');
  },
};

/** Kills the master's server, waits for the other to be master, and lets the first come back as its replica. */
async function takeOver(bench: Bench): Promise<void> {
  const { testbed, figures, log } = bench;
  const { promoted, unpromoted } = await rolesOf(bench, REDIS_BUNDLE, READY_SECONDS);
  const killedMs = Date.now();
  await promoted.run('sh', '-c', 'kill -KILL $(pidof redis-server)');
  await unpromoted.waitRole('Promoted', READY_SECONDS);
  const done = await log().wait(resultOf('promote', 'redis:?\\d?'), killedMs, 10);
  figures.add('redis killed → the other is master', done.timeMs - killedMs);
  await testbed.settle();
  await testbed.on('node1', 'crm_resource', '--cleanup', '-r', 'redis');
  await promoted.waitRole('Unpromoted', READY_SECONDS);
  await testbed.settle();
}

const masterHost = async (bench: Bench): Promise<string | undefined> => {
  for (const guest of guestsOf(bench, REDIS_BUNDLE)) {
    const status = await guest.status();
    if (status?.role === 'Promoted') {
      return status.host;
    }
  }
  return undefined;
};

const identitiesOf = async (bench: Bench): Promise<string> =>
  (await Promise.all(guestsOf(bench, REDIS_BUNDLE).map((guest) => guest.identity()))).join(', ');

/** Tells the master a word, which must come to the replica. */
async function mustReplicate(bench: Bench, word: string): Promise<void> {
  const { promoted } = await rolesOf(bench, REDIS_BUNDLE, READY_SECONDS);
  await promoted.run('redis-cli', 'SET', word, word);
  await mustHave(bench, word);
}

async function mustHave(bench: Bench, word: string): Promise<void> {
  for (const guest of guestsOf(bench, REDIS_BUNDLE)) {
    await mustAnswer(bench, guest, word);
  }
}

async function mustAnswer({ signal }: Bench, guest: Guest, word: string): Promise<void> {
  await until(
    { what: `'${word}' in ${guest.name}`, seconds: REPLICATE_SECONDS, signal, stepMs: 200 },
    async () => ((await guest.try('redis-cli', 'GET', word)).stdout.trim() === word ? true : undefined),
  );
}
