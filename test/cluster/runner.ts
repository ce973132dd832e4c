import type { AgentName } from './agents.ts';
import { type Bench, expect, type Step } from './bench.ts';
import { keepLogs } from './failure-logs.ts';
import { noErrorLines, noZombies } from './steps/audit.ts';
import { crashNode } from './steps/crash.ts';
import { hostNetwork } from './steps/host-network.ts';
import { imageBuilds, imageRuns } from './steps/image.ts';
import { killApache, killContainer } from './steps/kill.ts';
import { longCut, shortCut } from './steps/network.ts';
import { webForks, webStart, webStop } from './steps/our-apache.ts';
import { webBroken, webFrozen, webKill, webMainKill } from './steps/our-apache-faults.ts';
import { nfsCrash, nfsKill, nfsStart, nfsStop } from './steps/our-nfs.ts';
import { processBundle } from './steps/our-process.ts';
import { promotion, promotionWithSmallTools } from './steps/promotable.ts';
import { redisCrash, redisKill, redisStart } from './steps/redis.ts';
import { remoteNode } from './steps/remote.ts';
import { selftest } from './steps/selftest.ts';
import { shutdownHandshake, shutdownInMaintenance } from './steps/shutdown.ts';
import { soloContainer } from './steps/solo.ts';
import { start } from './steps/start.ts';
import { disableBundle, podmanStop } from './steps/stop.ts';
import { systemdNode } from './steps/systemd.ts';
import { realTools, sideBySide, smallTools, toolsStart } from './steps/tools.ts';
import { controllerDies, cutUnderTool } from './steps/tools-outage.ts';

/**
 * In this order: Apache's bundle lives from `start` to `disableBundle`, those of the examples from `webStart` to `webStop` and
 * `nfsStart` to `nfsStop`, those of the tools from `toolsStart` to the end. The cluster would place these on remote nodes too.
 */
const STEPS: readonly Step[] = [
  imageBuilds,
  start,
  killApache,
  killContainer,
  shortCut,
  longCut,
  crashNode,
  shutdownHandshake,
  shutdownInMaintenance,
  noZombies,
  disableBundle,
  podmanStop,
  imageRuns,
  webStart,
  webForks,
  webKill,
  webMainKill,
  webFrozen,
  webBroken,
  webStop,
  soloContainer,
  nfsStart,
  nfsKill,
  nfsCrash,
  nfsStop,
  processBundle,
  remoteNode,
  systemdNode,
  toolsStart,
  sideBySide,
  realTools,
  smallTools,
  promotion,
  promotionWithSmallTools,
  controllerDies,
  cutUnderTool,
  hostNetwork,
  redisStart,
  redisKill,
  redisCrash,
  noErrorLines,
];

/** These make test beds of their own, when the first has gone. */
const STEPS_AFTERWARDS: readonly Step[] = [selftest];

/** Whether the pattern names anything to do for this agent. */
export const hasSteps = (agent: AgentName, only: RegExp | undefined): boolean =>
  chooseSteps([...STEPS, ...STEPS_AFTERWARDS], agent, only).length > 0;

function chooseSteps(steps: readonly Step[], agent: AgentName, only: RegExp | undefined): Step[] {
  const ours = steps.filter((step) => step.agent === undefined || step.agent === agent);
  return ours.filter((step) => only === undefined || only.test(step.name));
}

export interface RunOptions {
  readonly only: RegExp | undefined;
  readonly keep: boolean;
}

/** Runs the chosen steps with one agent. What fails is counted; only an abort is thrown. */
export class Runner {
  private readonly bench: Bench;
  private readonly options: RunOptions;
  private readonly broken = new Set<Step['needs']>();

  constructor(bench: Bench, options: RunOptions) {
    this.bench = bench;
    this.options = options;
  }

  async run(openCluster: () => Promise<void>): Promise<void> {
    const chosen = this.choose(STEPS);
    const needsCluster = chosen.some((step) => step.needs !== 'nothing');
    const steps = STEPS.filter(
      (step) => chosen.includes(step) || chosen.some(({ needs }) => needs === step.provides),
    );
    console.log(`\n${this.bench.agent.name}: ${this.bench.agent.image}`);
    try {
      if (needsCluster) {
        await this.check('two nodes online', 'nothing', openCluster, 'cluster');
      }
      for (const step of steps) {
        await this.step(step);
      }
    } finally {
      if (needsCluster) {
        await this.down();
      }
    }
    for (const step of this.choose(STEPS_AFTERWARDS)) {
      await this.step(step);
    }
  }

  private choose(steps: readonly Step[]): Step[] {
    return chooseSteps(steps, this.bench.agent.name, this.options.only);
  }

  private async step(step: Step): Promise<void> {
    await this.check(step.name, step.needs, () => step.run(this.bench), step.provides);
    if (step.needs !== 'nothing') {
      await this.bench.agentLogs.read();
    }
  }

  private async check(
    name: string,
    needs: Step['needs'],
    action: () => Promise<void>,
    provides: Step['needs'] | undefined,
  ): Promise<void> {
    const missing =
      needs === 'nothing' ? undefined : (['cluster', needs] as const).find((one) => this.broken.has(one));
    const beganMs = performance.now();
    const took = (): string => `(${((performance.now() - beganMs) / 1000).toFixed(1)} s)`;
    try {
      expect(missing === undefined, `the ${missing} to be there: not run`);
      await action();
      this.bench.count(1, 0);
      console.log(`  ok   ${name} ${took()}`);
    } catch (error) {
      this.bench.signal.throwIfAborted();
      this.bench.count(0, 1);
      console.log(`  FAIL ${name} ${took()}`);
      console.log(
        `       ${String(error instanceof Error ? error.message : error).replaceAll('\n', '\n       ')}`,
      );
      if (missing === undefined) {
        await keepLogs(this.bench, name);
      }
      if (provides !== undefined) {
        this.broken.add(provides);
      }
    }
  }

  private async down(): Promise<void> {
    const { testbed, signal } = this.bench;
    if (this.options.keep && !signal.aborted) {
      console.log(
        `  kept test bed ${testbed.name}; end it with TESTBED_NAME=${testbed.name} ${testbed.folder}/testbed down`,
      );
      return;
    }
    if (signal.aborted) {
      await testbed.down();
      return;
    }
    const end = async (): Promise<void> => {
      await testbed.down();
      expect(!testbed.somethingLeft(), 'no control group and no folder of the test bed to be left');
    };
    await this.check('audit: nothing left after the end', 'nothing', end, undefined);
  }
}
