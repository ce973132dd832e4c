// Checks an agent that is a program, in real sandboxes.
import { checksOf } from '../../../src/conformance/catalog.ts';
import { runChecks } from '../../../src/conformance/engine.ts';
import { readMetadata } from '../../../src/conformance/metadata/read-metadata.ts';
import { agentBase } from '../../../src/conformance/place/base-environment.ts';
import type { CheckResult } from '../../../src/conformance/result.ts';
import { SandboxJobs } from '../../../src/conformance/sandbox/sandbox-jobs.ts';
import { findSandboxMode } from '../../../src/conformance/sandbox/sandbox-mode.ts';
import { agentPlaces, findAgent } from '../../../src/conformance/subject/find-agent.ts';
import { readSubject } from '../../../src/conformance/subject/read-subject.ts';
import type { Cases } from '../../../src/conformance/subject.ts';

export interface CheckAgentOptions {
  /** Ids of the checks. */
  readonly only: readonly string[];
  /** Of the one instance. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** What is said of the agent beside that. */
  readonly cases?: Partial<Cases>;
}

/** Runs these checks with an agent, by name or path; results in their order. */
export async function checkAgent(
  name: string,
  { only, parameters = {}, cases }: CheckAgentOptions,
): Promise<readonly CheckResult[]> {
  const { signal } = new AbortController();
  const settings = { seed: 1, timeoutFactor: 3, live: false, command: `bundlet conformance ${name}` };
  const runner = new SandboxJobs(await findSandboxMode(agentBase(process.env)));
  const agent = await findAgent(name, agentPlaces(process.env, process.cwd()));
  const instances = [{ name: 'conformance', parameters }];
  const subject = await readSubject(
    { agent, cases: { instances, ...cases }, settings, runner, readMetadata },
    signal,
  );
  const checks = (await checksOf(subject.class)).filter(({ id }) => only.includes(id));
  const plan = { subject, checks, settings, runner, place: 'sandbox', bundlet: 'test' };
  const report = await runChecks(plan, () => undefined, signal);
  return report.checks;
}
