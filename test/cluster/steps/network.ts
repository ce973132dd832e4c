import type { Bench, Step } from '../bench.ts';
import { guestOf, replicas } from '../bundle.ts';
import { resultOf } from '../cluster-log.ts';
import { withCut } from '../network.ts';
import { lasting } from '../wait.ts';

const CUT_SECONDS = 20;
/** Pacemaker looks at a guest's connection every 30 s and waits up to 20 s for the answer. */
const NOTICE_SECONDS = 75;

/** Without something to tell nothing would be sent in 20 s: so Apache dies meanwhile. */
export const shortCut: Step = {
  name: `network cut for ${CUT_SECONDS} s, Apache killed meanwhile`,
  needs: 'bundle',
  async run(bench) {
    const { bundle, figures, log, signal } = bench;
    const before = await identities(bench);
    const killedMs = await withCut(bench.testbed, await bundle.hostOf(0), async () => {
      const ms = await bundle.killApache(0);
      await lasting(CUT_SECONDS, signal);
      return ms;
    });
    const restoredMs = Date.now();
    const started = await log().wait(resultOf('start', 'httpd:0'), killedMs, 90);
    figures.add('20 s cut, restored → Started again', started.timeMs - restoredMs);
    await mustRecover(bench);
    figures.note('20 s cut: the containers', compare(before, await identities(bench)));
  },
};

export const longCut: Step = {
  name: 'network cut until the cluster notices, then back',
  needs: 'bundle',
  async run(bench) {
    const { testbed, bundle, figures, log } = bench;
    const before = await identities(bench);
    const cutMs = Date.now();
    const noticed = await withCut(testbed, await bundle.hostOf(0), () =>
      log().wait(resultOf('monitor', guestOf(0), 'Timed Out|error'), cutMs, NOTICE_SECONDS),
    );
    const restoredMs = Date.now();
    const started = await log().wait(resultOf('start', 'httpd:0'), restoredMs, 120);
    figures.add('long cut → cluster notices', noticed.timeMs - cutMs);
    figures.add('long cut, restored → Started again', started.timeMs - restoredMs);
    await mustRecover(bench);
    figures.note('long cut: the containers', compare(before, await identities(bench)));
  },
};

async function mustRecover({ testbed, bundle }: Bench): Promise<void> {
  await testbed.settle();
  await bundle.waitStarted();
  await bundle.waitGuestsOnline(30);
  await bundle.mustServe();
}

const identities = ({ bundle }: Bench): Promise<string[]> =>
  Promise.all(replicas.map(async (replica) => (await bundle.identity(replica)).text));

function compare(before: readonly string[], after: readonly string[]): string {
  const replaced = replicas.filter((replica) => before[replica] !== after[replica]).map(guestOf);
  return replaced.length === 0 ? 'kept' : `replaced: ${replaced.join(', ')}`;
}
