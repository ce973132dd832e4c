import { EXAMPLE_IMAGES, OWN_WEB, REFERENCE_IMAGE, REFERENCE_WEB } from '../agents.ts';
import { type Bench, expect, type Step } from '../bench.ts';
import { resultOf } from '../cluster-log.ts';
import { loadExample, primitiveIn, primitiveOfExample } from '../example-bundle.ts';
import { historyOf } from '../operation-history.ts';
import { WebSite } from '../web-site.ts';
import { stopOrder } from './stop.ts';

const READY_SECONDS = 90;

/** What each history has while it runs; the interval is the example's. */
const STARTED = ['start 0: 0 ok', 'monitor 2000ms: 0 ok'];

/** Ours, and the shell agent under the C daemon beside it. */
export const webSites = ({ testbed }: Pick<Bench, 'testbed'>): readonly [WebSite, WebSite] => [
  new WebSite(testbed, OWN_WEB, '10.77.0.171'),
  new WebSite(testbed, REFERENCE_WEB, '10.77.0.172'),
];

export const webStart: Step = {
  name: 'web: an image of Apache and Bundlet alone runs the primitive of the shell agent',
  needs: 'cluster',
  provides: 'web',
  agent: 'bundlet',
  async run(bench) {
    const { agent, testbed, repository } = bench;
    const primitive = primitiveIn(`${testbed.folder}/cib/httpd-bundle.xml`);
    expect(
      primitiveOfExample(repository, 'apache') === primitive,
      `examples/apache/bundle.xml to have the primitive of the test bed's bundle,\n${primitive}`,
    );
    const [own, reference] = webSites(bench);
    const beganMs = Date.now();
    const images = [
      { site: own, image: EXAMPLE_IMAGES.apache, options: agent.options },
      { site: reference, image: REFERENCE_IMAGE, options: '' },
    ];
    for (const { site, image, options } of images) {
      await loadExample(bench, { example: 'apache', id: site.id, address: site.address, image, options });
    }
    await mustBeStarted(bench, beganMs, 'configured → Started');
    const left = await own.guest.try(
      'sh',
      '-c',
      'command -v curl wget; ls -d /usr/lib/ocf/lib /usr/lib/ocf/resource.d/heartbeat',
    );
    expect(left.stdout === '', `an image without curl, wget and resource-agents, got\n${left.stdout}`);
    await bench.agentLogs.read();
    const log = [...bench.agentLogs.texts].find(([name]) => name.endsWith(own.guest.name))?.[1] ?? '';
    expect(
      /"event":"agent.loaded".*"agent":"apache"/.test(log),
      `the daemon to have run the agent without a process, got\n${log}`,
    );
  },
};

/** Every node, process or thread that something makes counts, so the least of some looks is what monitors make. */
const LOOKS = 3;
const MONITORS_A_LOOK = 2;

export const webForks: Step = {
  name: 'web: a monitor makes no process',
  needs: 'web',
  agent: 'bundlet',
  async run(bench) {
    const made = await Promise.all(
      webSites(bench).map(async (site) => {
        const looks: number[] = [];
        for (let look = 0; look < LOOKS; look++) {
          looks.push(await site.processesDuring(MONITORS_A_LOOK));
        }
        return Math.min(...looks) / MONITORS_A_LOOK;
      }),
    );
    const [own = Number.NaN, reference = Number.NaN] = made;
    bench.figures.note('web: processes made by a monitor', `${own} (shell agent ${reference})`);
    expect(own === 0, `no process made by a monitor, got ${own}`);
    expect(reference > 0, `the shell agent's to be seen, got ${reference}`);
  },
};

export const webStop: Step = {
  name: 'web: stopped in order and quickly',
  needs: 'web',
  agent: 'bundlet',
  async run(bench) {
    const { testbed, figures, agent } = bench;
    const sites = webSites(bench);
    const beganMs = Date.now();
    await testbed.on('node1', 'pcs', 'resource', 'disable', ...sites.map(({ id }) => id), '--wait=90');
    for (const { id, rsc, guest } of sites) {
      const names = { application: rsc, guest: guest.name, container: guest.container };
      const { stoppedMs, goneMs } = await stopOrder(bench, names, beganMs);
      figures.add(`${id}: disabled → Apache stopped`, stoppedMs);
      figures.add(`${id}: Apache stopped → container gone`, goneMs);
      if (id === OWN_WEB) {
        const limit = agent.stopLimitMs ?? Number.POSITIVE_INFINITY;
        expect(goneMs < limit, `the container to stop in ${limit} ms, got ${goneMs} ms`);
      }
    }
    for (const { id } of sites) {
      await testbed.on('node1', 'pcs', 'resource', 'delete', id);
    }
    await testbed.settle();
  },
};

/** Until both are Started and serve; what the cluster remembers of their operations must be the same, and is returned. */
export async function mustBeStarted(
  bench: Bench,
  sinceMs: number,
  figure: string,
): Promise<readonly string[]> {
  const { testbed, figures, log } = bench;
  const sites = webSites(bench);
  await Promise.all(sites.map(({ guest }) => guest.waitRole('Started', READY_SECONDS)));
  await testbed.settle();
  for (const { id, rsc } of sites) {
    const started = await log().wait(resultOf('start', rsc), sinceMs, 5);
    figures.add(`${id}: ${figure}`, started.timeMs - sinceMs);
  }
  await Promise.all(sites.map((site) => site.mustServe()));
  const results = await mustBeAlike(bench);
  for (const result of STARTED) {
    expect(results.includes(result), `'${result}', got ${results.join(', ')}`);
  }
  return results;
}

/** What the cluster remembers of the operations, and of their failures; the agents' words may differ. */
export async function mustBeAlike({ testbed }: Bench): Promise<readonly string[]> {
  const [own, reference] = await Promise.all(
    webSites({ testbed }).map(async ({ guest }) => {
      const { results, failures } = await historyOf(testbed, guest.name);
      return [...results, ...failures.map((failure) => `failed: ${failure}`)];
    }),
  );
  expect(
    own?.join('\n') === reference?.join('\n'),
    `operations as of the shell agent\n${reference?.join('\n')}\ngot\n${own?.join('\n')}`,
  );
  return own ?? [];
}
