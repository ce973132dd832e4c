import type { JobRunner } from '../conformance/job.ts';
import { AgentError } from '../errors/agent-error.ts';
import type { ConformanceRequest } from './conformance-request.ts';
import type { Io } from './io.ts';

/** Where the checks are run, and by whom. */
export interface RunPlace {
  readonly runner: JobRunner;
  /** As reports name it: `sandbox`, `in-place`, `host:port`. */
  readonly name: string;
}

/** @throws AgentError SANDBOX_UNAVAILABLE: checks never run without a sandbox unless that was asked for */
export async function makePlace(request: ConformanceRequest, { env }: Io): Promise<RunPlace> {
  if (request.target !== undefined) {
    throw new AgentError(
      'REQUEST_REFUSED',
      'Expected a run in here, got --host: this version can not run checks by a daemon yet',
    );
  }
  if (request.inPlace) {
    const { InPlaceJobs } = await import('../conformance/in-place/in-place-jobs.ts');
    return { runner: new InPlaceJobs(), name: 'in-place' };
  }
  const [{ agentBase }, { findSandboxMode }, { SandboxJobs }] = await Promise.all([
    import('../conformance/place/base-environment.ts'),
    import('../conformance/sandbox/sandbox-mode.ts'),
    import('../conformance/sandbox/sandbox-jobs.ts'),
  ]);
  return { runner: new SandboxJobs(await findSandboxMode(agentBase(env))), name: 'sandbox' };
}
