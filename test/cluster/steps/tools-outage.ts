import { type Bench, expect, type Step } from '../bench.ts';
import type { CommandResult } from '../command.ts';
import type { Guest } from '../guest.ts';
import { withCut } from '../network.ts';
import { guestsOf, rolesOf, TOOLS_BUNDLE } from '../tool-bundles.ts';
import { until } from '../wait.ts';

/** The connection comes again by itself: the cluster's next attempt, or a packet that is sent again. */
const AGAIN_SECONDS = 60;
const READY_SECONDS = 120;

/** What `attrd_updater` ends with by itself after 6 s without an answer. One that hangs is killed: another exit code. */
const TIMED_OUT = 124;
const HANGS_SECONDS = '30';

const REPORT = '/tmp/tools-outage.html';
const REPORT_PID = '/tmp/tools-outage.pid';

export const controllerDies: Step = {
  name: 'tools: the controller dies while crm_mon runs: it goes on with the next one; container and attributes stay',
  needs: 'tools',
  async run(bench) {
    const { testbed, figures } = bench;
    const place = await placeAtDc(bench);
    const identity = await place.guest.identity();
    await mustWork(place, 'crm_attribute', '-l', 'forever', '-n', 'outage', '-v', 'kept');
    const output = ['--output-as=html', `--output-to=${REPORT}`];
    await mustWork(place, 'crm_mon', '-d', '-A', '-i', '1', ...output, '-p', REPORT_PID);
    try {
      await waitShown(bench, place, 'before');
      const killedMs = performance.now();
      await testbed.on(place.host, 'sh', '-c', 'kill -KILL $(pidof pacemaker-controld)');
      await waitShown(bench, place, 'after');
      figures.add('controller killed → crm_mon in the container goes on', performance.now() - killedMs);
    } finally {
      await callIn(place, 'sh', '-c', `kill $(cat ${REPORT_PID})`);
    }
    await mustBeThere(bench, place, identity);
    const kept = await mustWork(place, 'crm_attribute', '-l', 'forever', '-n', 'outage', '-G', '-q');
    expect(kept.trim() === 'kept', `the attribute to be 'kept', got '${kept}'`);
  },
};

export const cutUnderTool: Step = {
  name: 'tools: the network is cut under attrd_updater: it ends by its own limit; afterwards the next one works',
  needs: 'tools',
  async run(bench) {
    const { figures, signal } = bench;
    const place = await placeAtDc(bench);
    const identity = await place.guest.identity();
    const cut = await withCut(bench.testbed, place.host, () =>
      callIn(place, 'timeout', '-s', 'KILL', HANGS_SECONDS, 'attrd_updater', '-n', 'cut', '-U', 'meanwhile'),
    );
    const restoredMs = performance.now();
    expect(cut.exitCode === TIMED_OUT, `exit code ${TIMED_OUT} during the cut, got ${cut.exitCode}`);
    await until({ what: "'afterwards' to be set", seconds: AGAIN_SECONDS, signal }, async () => {
      await callIn(place, 'attrd_updater', '-n', 'cut', '-U', 'afterwards');
      const { stdout } = await callIn(place, 'attrd_updater', '-n', 'cut', '-Q');
      return stdout.includes('value="afterwards"') ? true : undefined;
    });
    figures.add('short cut under a tool, restored → tools work', performance.now() - restoredMs);
    await mustBeThere(bench, place, identity);
  },
};

/** A container and the host that it is on; that one isn't asked for while the cluster is upset. */
interface Place {
  readonly bench: Bench;
  readonly guest: Guest;
  readonly host: string;
}

/** The container beside the designated controller: what happens there happens to the cluster, too. */
async function placeAtDc(bench: Bench): Promise<Place> {
  const { testbed } = bench;
  await rolesOf(bench, TOOLS_BUNDLE, READY_SECONDS);
  const dc = /Current DC: (\S+)/.exec(await testbed.on('node1', 'crm_mon', '-1'))?.[1];
  for (const guest of guestsOf(bench, TOOLS_BUNDLE)) {
    const host = await guest.host();
    if (host === dc) {
      return { bench, guest, host };
    }
  }
  throw new Error(`Expected a replica of ${TOOLS_BUNDLE} on the designated controller, ${dc}`);
}

const callIn = ({ bench, guest, host }: Place, ...command: string[]): Promise<CommandResult> =>
  bench.testbed.tryOn(host, 'podman', 'exec', guest.container, ...command);

const mustWork = ({ bench, guest, host }: Place, ...command: string[]): Promise<string> =>
  bench.testbed.on(host, 'podman', 'exec', guest.container, ...command);

/** Sets an attribute in the container until it is in crm_mon's report: there by way of the cluster. */
async function waitShown({ signal }: Bench, place: Place, value: string): Promise<void> {
  const text = `outage-${value}`;
  const wait = { what: `'${text}' in crm_mon's report`, seconds: AGAIN_SECONDS, signal, stepMs: 200 };
  await until(wait, async () => {
    await callIn(place, 'attrd_updater', '-n', 'outage-shown', '-U', text);
    return (await callIn(place, 'cat', REPORT)).stdout.includes(text) ? true : undefined;
  });
}

async function mustBeThere(bench: Bench, { guest }: Place, identity: string): Promise<void> {
  await bench.testbed.settle();
  await rolesOf(bench, TOOLS_BUNDLE, READY_SECONDS);
  const now = await guest.identity();
  expect(now === identity, `the same container, ${identity}, got ${now}`);
}
