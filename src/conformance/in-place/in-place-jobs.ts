import { checkOf } from '../catalog.ts';
import type { Job, JobRunner } from '../job.ts';
import { agentBase } from '../place/base-environment.ts';
import type { CheckResult } from '../result.ts';
import type { Run } from '../run.ts';
import { resultOf } from '../worker-end.ts';
import { runWorker, workerCommand } from '../worker-process.ts';

/** Carries out checks on the machine itself, one after the other, and cleans up after each. */
export class InPlaceJobs implements JobRunner {
  readonly limit = 1;

  async run(job: Job, onRun: (run: Run) => void, signal: AbortSignal): Promise<CheckResult> {
    const check = await checkOf(job.subject, job.check);
    const end = await runWorker(
      { command: workerCommand(), env: agentBase(process.env), descriptors: [], end: 'ask' },
      { job, place: { kind: 'in-place', hasUsers: process.getuid?.() === 0 } },
      { onRun, signal },
    );
    return resultOf(check, job, end);
  }
}
