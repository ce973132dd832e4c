import { resolve } from 'node:path';
import type { JobRunner } from '../conformance/job.ts';
import type { FoundAgent } from '../conformance/subject/find-agent.ts';
import type { ConformanceRequest, Target } from './conformance-request.ts';
import { usageError } from './exit-status.ts';
import type { Io } from './io.ts';

/** Where the checks are run, and by whom. */
export interface RunPlace {
  readonly runner: JobRunner;
  /** As reports name it: `sandbox`, `in-place`, `host:port`. */
  readonly name: string;
}

/**
 * @throws AgentError SANDBOX_UNAVAILABLE: checks never run without a sandbox unless that was asked for; PLACE_BUSY; CONFIG_INVALID for a key
 *   that can't be read; UNIT_UNAVAILABLE and AGENT_NOT_FOUND for a unit that can't be checked here; and what connecting to a daemon throws
 */
export async function makePlace(
  request: ConformanceRequest,
  agent: Pick<FoundAgent, 'class' | 'type'>,
  io: Io,
): Promise<RunPlace> {
  if (request.target !== undefined) {
    return remotePlace(request.target, io);
  }
  if (agent.class === 'systemd') {
    await prepareUnit(request, agent.type, io);
  }
  if (request.inPlace) {
    const [{ becomeOnlyOne }, { InPlaceJobs }] = await Promise.all([
      import('../conformance/in-place/only-one.ts'),
      import('../conformance/in-place/in-place-jobs.ts'),
    ]);
    await becomeOnlyOne();
    return { runner: new InPlaceJobs(), name: 'in-place' };
  }
  const [{ agentBase }, { findSandboxMode }, { SandboxJobs }] = await Promise.all([
    import('../conformance/place/base-environment.ts'),
    import('../conformance/sandbox/sandbox-mode.ts'),
    import('../conformance/sandbox/sandbox-jobs.ts'),
  ]);
  return { runner: new SandboxJobs(await findSandboxMode(agentBase(io.env))), name: 'sandbox' };
}

/** In a sandbox runs no systemd, and that of the machine must not be used by mistake. */
async function prepareUnit({ inPlace }: ConformanceRequest, type: string, { signal }: Io): Promise<void> {
  if (!inPlace) {
    throw usageError(
      `Expected --in-place with a unit of systemd, got none: ${type} is started, killed and stopped on this machine itself`,
    );
  }
  const [{ requireUnit }, { systemUnits }] = await Promise.all([
    import('../conformance/in-place/require-unit.ts'),
    import('../conformance/calls/system-units.ts'),
  ]);
  const { bus } = systemUnits();
  try {
    await requireUnit(type, bus, signal);
  } finally {
    await bus.close();
  }
}

/** Whether the daemon can be reached is found out before anything is said of the agent. */
async function remotePlace({ host, port, keyFile }: Target, { cwd, signal }: Io): Promise<RunPlace> {
  const [{ readKeyFile }, { RemoteJobs }] = await Promise.all([
    import('../client/key-file.ts'),
    import('../conformance/remote/remote-jobs.ts'),
  ]);
  const runner = new RemoteJobs({ host, port, key: await readKeyFile(resolve(cwd, keyFile)) });
  await runner.probe(signal);
  return { runner, name: `${host}:${port}` };
}
