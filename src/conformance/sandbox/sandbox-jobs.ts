import { open } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { checkOf } from '../catalog.ts';
import type { Job, JobRunner } from '../job.ts';
import { agentBase } from '../place/base-environment.ts';
import type { CheckResult } from '../result.ts';
import type { Run } from '../run.ts';
import { resultOf } from '../worker-end.ts';
import { runWorker, workerCommand } from '../worker-process.ts';
import type { PlaceDescription } from '../worker-task.ts';
import { type Layer, planRoot, type RootPlan, type SandboxMode } from './root-plan.ts';
import { namespaceCommand } from './sandbox-mode.ts';
import { DESCRIPTORS, setUpScript } from './set-up.ts';

/** Carries out each check in namespaces of its own: nothing of the host is changed, nothing is left. */
export class SandboxJobs implements JobRunner {
  readonly limit: number;
  readonly #mode: SandboxMode;

  /** `mode` as `findSandboxMode` found it. */
  constructor(mode: SandboxMode) {
    this.#mode = mode;
    this.limit = Math.max(2, availableParallelism());
  }

  async run(job: Job, onRun: (run: Run) => void, signal: AbortSignal): Promise<CheckResult> {
    const check = await checkOf(job.subject, job.check);
    const plan = await planRoot(this.#mode);
    const script = setUpScript(plan, workerCommand(), check.init ?? 'reaps');
    const lowers = await Promise.all(plan.layers.map(({ path }) => open(path, 'r')));
    try {
      const end = await runWorker(
        {
          command: [...namespaceCommand(this.#mode), '/bin/sh', '-c', script],
          env: agentBase(process.env),
          descriptors: [...shellOpens(), ...lowers.map(({ fd }) => fd)],
          end: 'kill',
        },
        { job, place: describePlace(plan) },
        { onRun, signal },
      );
      return resultOf(check, job, end);
    } finally {
      await Promise.all(lowers.map((lower) => lower.close()));
    }
  }
}

/** Numbers that the set-up opens itself. */
function shellOpens(): readonly 'ignore'[] {
  return Array.from({ length: DESCRIPTORS.lower - DESCRIPTORS.base }, () => 'ignore');
}

/** As the worker sees it: nothing of this can be reached by a path that an agent knows. */
function describePlace({ layers, mode }: RootPlan): PlaceDescription {
  const small = layers.filter(({ isSmall }) => isSmall);
  const folderOf = (layer: Layer, number: number): string => {
    const own = DESCRIPTORS.small[small.indexOf(layer)];
    return own === undefined ? `/proc/self/fd/${DESCRIPTORS.base}/${number}` : `/proc/self/fd/${own}`;
  };
  return {
    kind: 'sandbox',
    layers: layers.map((layer, number) => ({
      path: layer.path,
      upper: `${folderOf(layer, number)}/u`,
      lower: `/proc/self/fd/${DESCRIPTORS.lower + number}`,
    })),
    small: small.map((layer) => ({ path: layer.path, folder: folderOf(layer, layers.indexOf(layer)) })),
    hasUsers: mode === 'root',
  };
}
