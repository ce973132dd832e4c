// Runs checks of an agent that is a program, as `bundlet conformance` does.
import { resolve } from 'node:path';
import { checksFor } from '../../../src/conformance/catalog.ts';
import { runChecks } from '../../../src/conformance/engine.ts';
import type { JobRunner, RunSettings } from '../../../src/conformance/job.ts';
import { readMetadata } from '../../../src/conformance/metadata/read-metadata.ts';
import { agentBase } from '../../../src/conformance/place/base-environment.ts';
import type { CheckResult } from '../../../src/conformance/result.ts';
import { SandboxJobs } from '../../../src/conformance/sandbox/sandbox-jobs.ts';
import { findSandboxMode } from '../../../src/conformance/sandbox/sandbox-mode.ts';
import { agentPlaces, type FoundAgent, findAgent } from '../../../src/conformance/subject/find-agent.ts';
import { readSubject } from '../../../src/conformance/subject/read-subject.ts';
import type { Cases } from '../../../src/conformance/subject.ts';

export const CHECKOUT = resolve(import.meta.dirname, '../../..');

export interface RealRun {
  /** Default: all of its class. */
  readonly only?: readonly string[];
  readonly cases?: Partial<Cases>;
  /** Default: the one of that name. */
  readonly agent?: FoundAgent;
  readonly settings?: Partial<RunSettings>;
  /** Default: sandboxes. */
  readonly runner?: JobRunner;
}

/** Results of the checks of an agent, in their order. Relative paths start from the checkout. */
export async function runReal(
  name: string,
  { only, cases = {}, agent, settings: changes, runner }: RealRun = {},
): Promise<readonly CheckResult[]> {
  const signal = new AbortController().signal;
  const jobs = runner ?? new SandboxJobs(await findSandboxMode(agentBase(process.env)));
  const settings: RunSettings = {
    seed: 1,
    timeoutFactor: 1,
    live: false,
    keep: false,
    command: `bundlet conformance ${name}`,
    ...changes,
  };
  const parts = {
    agent: agent ?? (await findAgent(name, agentPlaces(process.env, CHECKOUT))),
    cases: { instances: [{ name: 'conformance', parameters: {} }], ...cases },
    ...{ settings, runner: jobs, readMetadata },
  };
  const subject = await readSubject(parts, signal);
  const checks = (await checksFor(subject)).filter(({ id }) => only?.includes(id) ?? true);
  const plan = { subject, checks, settings, runner: jobs, place: 'test', bundlet: '0.0.0' };
  return (await runChecks(plan, () => undefined, signal)).checks;
}

/** What is not passed or skipped, a line each: `LSB-01 failed: expected …; seen …`. */
export function complaintsOf(results: readonly CheckResult[]): readonly string[] {
  return results.flatMap(({ id, verdict, reason, findings }) => {
    const said = findings.map(({ expected, seen }) => `expected ${expected}; seen ${seen}`);
    return verdict === 'passed' || verdict === 'skipped'
      ? []
      : [`${id} ${verdict}: ${[...said, ...(reason === undefined ? [] : [reason])].join(' | ')}`];
  });
}
