// One check of an agent, carried out by a job runner.

import type { JobRunner } from '../../../src/conformance/job.ts';
import { jobLimitMs } from '../../../src/conformance/job-limit.ts';
import { readMetadata } from '../../../src/conformance/metadata/read-metadata.ts';
import type { CheckResult } from '../../../src/conformance/result.ts';
import type { Run } from '../../../src/conformance/run.ts';
import type { FoundAgent } from '../../../src/conformance/subject/find-agent.ts';
import { readSubject } from '../../../src/conformance/subject/read-subject.ts';
import type { AgentStep, Cases } from '../../../src/conformance/subject.ts';

export interface JobOptions {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly cases?: Partial<Cases>;
  readonly limitMs?: number;
  readonly onRun?: (run: Run) => void;
  readonly signal?: AbortSignal;
}

const SETTINGS = { seed: 1, timeoutFactor: 1, live: false, command: 'bundlet conformance agent' };

/** Runs the check of that id with the agent at that path. */
export async function runJob(
  runner: JobRunner,
  path: string,
  check: string,
  {
    parameters = {},
    cases,
    limitMs,
    onRun = () => undefined,
    signal = new AbortController().signal,
  }: JobOptions = {},
): Promise<CheckResult> {
  const agent: FoundAgent = { class: 'ocf', name: path, path, type: 'agent', provider: 'test' };
  const all = { instances: [{ name: 'one', parameters }], ...cases };
  const never = new AbortController().signal;
  const parts = { agent, cases: all, settings: SETTINGS, runner, readMetadata };
  const subject = await readSubject(parts, never);
  const job = { subject, check, settings: SETTINGS, limitMs: limitMs ?? jobLimitMs(subject, SETTINGS) };
  return runner.run(job, onRun, signal);
}

/** The same for steps of a case. */
export function runSteps(
  runner: JobRunner,
  path: string,
  steps: readonly AgentStep[],
  options: JobOptions = {},
): Promise<CheckResult> {
  const cases = { ...options.cases, cases: [{ name: 'steps', steps }] };
  return runJob(runner, path, 'CASE-steps', { ...options, cases });
}
