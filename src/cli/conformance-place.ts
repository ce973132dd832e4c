import { resolve } from 'node:path';
import type { JobRunner } from '../conformance/job.ts';
import type { ConformanceRequest, Target } from './conformance-request.ts';
import type { Io } from './io.ts';

/** Where the checks are run, and by whom. */
export interface RunPlace {
  readonly runner: JobRunner;
  /** As reports name it: `sandbox`, `in-place`, `host:port`. */
  readonly name: string;
}

/**
 * @throws AgentError SANDBOX_UNAVAILABLE: checks never run without a sandbox unless that was asked for; CONFIG_INVALID for a key that can't
 *   be read, and what connecting to a daemon throws
 */
export async function makePlace(request: ConformanceRequest, io: Io): Promise<RunPlace> {
  if (request.target !== undefined) {
    return remotePlace(request.target, io);
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
  return { runner: new SandboxJobs(await findSandboxMode(agentBase(io.env))), name: 'sandbox' };
}

/** Whether the daemon can be reached is found out before anything is said of the agent. */
async function remotePlace({ host, port, keyFile }: Target, { cwd, signal }: Io): Promise<RunPlace> {
  const { readKey, RemoteJobs } = await import('../conformance/remote/remote-jobs.ts');
  const runner = new RemoteJobs({ host, port, key: await readKey(resolve(cwd, keyFile)) });
  await runner.probe(signal);
  return { runner, name: `${host}:${port}` };
}
