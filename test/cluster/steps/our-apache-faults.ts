import { type Bench, expect, type Step } from '../bench.ts';
import { resultOf } from '../cluster-log.ts';
import { historyOf } from '../operation-history.ts';
import type { WebSite } from '../web-site.ts';
import { mustBeAlike, mustBeStarted, webSites } from './our-apache.ts';

const DETECT_SECONDS = 30;
const RECOVER_SECONDS = 90;

export const webKill: Step = {
  name: 'web: Apache killed, Started again in the same container, with the results of the shell agent',
  needs: 'web',
  agent: 'bundlet',
  async run(bench) {
    const before = await identitiesOf(bench);
    const killedMs = await killRightAfterMonitor(bench);
    for (const site of webSites(bench)) {
      await recovered(bench, site, killedMs, 'killed');
    }
    const results = await mustBeStarted(bench, killedMs, 'killed → Started again');
    const failure = 'failed: monitor 2000: 7 not running (complete)';
    expect(results.includes(failure), `'${failure}', got ${results.join(', ')}`);
    const after = await identitiesOf(bench);
    expect(after === before, `the same containers, ${before}, got ${after}`);
  },
};

/** The shell agent says "not running" while the workers go on serving; ours says that they do. Both have to end them. */
export const webMainKill: Step = {
  name: 'web: Apache’s main process killed while its workers go on, Started again',
  needs: 'web',
  agent: 'bundlet',
  async run(bench) {
    const [own] = webSites(bench);
    const before = await own.apache();
    const killedMs = Date.now();
    kill(before.slice(0, 1), 'SIGKILL');
    await recovered(bench, own, killedMs, 'main process killed');
    await own.guest.waitRole('Started', RECOVER_SECONDS);
    await own.mustServe();
    const left = (await own.apache()).filter((pid) => before.includes(pid));
    expect(left.length === 0, `no process of the former server, got ${left.join(', ')}`);
  },
};

/** Only ours: the shell agent takes until its operations' timeouts, 20 s and then 43 s. */
export const webFrozen: Step = {
  name: 'web: Apache frozen, the monitor fails in its time, Started again',
  needs: 'web',
  agent: 'bundlet',
  async run(bench) {
    const [own] = webSites(bench);
    const frozenMs = Date.now();
    kill(await own.apache(), 'SIGSTOP');
    await recovered(bench, own, frozenMs, 'frozen');
    await own.guest.waitRole('Started', RECOVER_SECONDS);
    await own.mustServe();
  },
};

const BROKEN = '/etc/apache2/conf-enabled/broken.conf';
/** Apache's message on it; crm_mon's XML has the quotes escaped twice. */
const COMPLAINT = /Invalid command \S*NoSuchDirective/;

export const webBroken: Step = {
  name: 'web: configuration broken, the start fails with Apache’s own message, repaired and Started again',
  needs: 'web',
  agent: 'bundlet',
  async run(bench) {
    const { testbed, log } = bench;
    const sites = webSites(bench);
    const hosts = await Promise.all(sites.map(({ guest }) => guest.host()));
    const inAll = async (command: string): Promise<void> => {
      for (const [index, { guest }] of sites.entries()) {
        await testbed.on(hosts[index] ?? '', 'podman', 'exec', guest.container, 'sh', '-c', command);
      }
    };
    await inAll(`echo 'NoSuchDirective on' >${BROKEN}`);
    const brokenMs = await killRightAfterMonitor(bench);
    for (const { rsc } of sites) {
      await log().wait(resultOf('start', rsc, 'not configured'), brokenMs, DETECT_SECONDS);
    }
    await testbed.settle();
    await mustBeAlike(bench);
    const [own] = sites;
    const { reasons } = await historyOf(testbed, own?.guest.name ?? '');
    expect(
      reasons.some((reason) => COMPLAINT.test(reason)),
      `Apache's message, got ${reasons.join('; ')}`,
    );
    const shown = await testbed.on('node1', 'crm_mon', '-1');
    expect(COMPLAINT.test(shown), `Apache's message for people, got\n${shown}`);

    await inAll(`rm ${BROKEN}`);
    const repairedMs = Date.now();
    for (const { rsc } of sites) {
      await testbed.on('node1', 'crm_resource', '--cleanup', '-r', rsc);
    }
    await mustBeStarted(bench, repairedMs, 'repaired → Started again');
  },
};

/**
 * Ends all processes of both servers when a monitor has just asked them: one that asks meanwhile would say that the
 * answer was cut, not that nothing runs. Returns when that was.
 */
async function killRightAfterMonitor(bench: Bench): Promise<number> {
  const killed = webSites(bench).map(async (site) => {
    const victims = await site.apache();
    await site.nextMonitor();
    kill(victims, 'SIGKILL');
    return Date.now();
  });
  return Math.min(...(await Promise.all(killed)));
}

/** Waits for the failure and the start after it. */
async function recovered(bench: Bench, { id, rsc }: WebSite, sinceMs: number, fault: string): Promise<void> {
  const { figures, log, testbed } = bench;
  const failed = resultOf('monitor', rsc, 'not running|error|Timed Out');
  const detected = await log().wait(failed, sinceMs, DETECT_SECONDS);
  const started = await log().wait(resultOf('start', rsc), detected.timeMs, RECOVER_SECONDS);
  figures.add(`${id}: ${fault} → failure detected`, detected.timeMs - sinceMs);
  figures.add(`${id}: failure detected → Started again`, started.timeMs - detected.timeMs);
  await testbed.settle();
}

function kill(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    process.kill(pid, signal);
  }
}

const identitiesOf = async (bench: Bench): Promise<string> =>
  (await Promise.all(webSites(bench).map(({ guest }) => guest.identity()))).join(', ');
