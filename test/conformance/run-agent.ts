import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { checksOf } from '../../src/conformance/catalog.ts';
import { runChecks } from '../../src/conformance/engine.ts';
import { agentBase } from '../../src/conformance/place/base-environment.ts';
import type { RunReport } from '../../src/conformance/result.ts';
import { SandboxJobs } from '../../src/conformance/sandbox/sandbox-jobs.ts';
import { findSandboxMode } from '../../src/conformance/sandbox/sandbox-mode.ts';
import type { Cases } from '../../src/conformance/subject.ts';
import { agentPlaces, findAgent } from '../../src/conformance/subject/find-agent.ts';
import { readSubject } from '../../src/conformance/subject/read-subject.ts';
import { readMetadata } from '../../src/conformance/subject/simple-metadata.ts';

/** How an agent is run. */
export interface AgentRun {
  /** Path or name. */
  readonly agent: string;
  readonly cases: Cases;
  /** Ids of checks. Default: all. */
  readonly only?: readonly string[];
  readonly jobs?: number;
}

/** Runs the checks of an agent, each in a sandbox of its own, as the command line does. */
export async function runAgent({ agent, cases, only, jobs }: AgentRun): Promise<RunReport> {
  const { signal } = new AbortController();
  const settings = { seed: 1, timeoutFactor: 1, live: false, command: `bundlet conformance ${agent}` };
  const runner = new SandboxJobs(await findSandboxMode(agentBase(process.env)));
  const found = await findAgent(agent, agentPlaces(process.env, process.cwd()));
  const subject = await readSubject({ agent: found, cases, settings, runner, readMetadata }, signal);
  const all = await checksOf(subject.class);
  const checks = only === undefined ? all : all.filter(({ id }) => only.includes(id));
  const plan = { subject, checks, settings, runner, place: 'sandbox', bundlet: 'development' };
  return await runChecks({ ...plan, ...(jobs === undefined ? {} : { jobs }) }, () => undefined, signal);
}

/** Reads a file of cases; programs without a path lie beside it. */
export async function casesIn(file: string): Promise<Cases> {
  const cases = parse(await readFile(file, 'utf8')) as Cases;
  const programs = cases.programs?.map((program) => resolve(dirname(file), program));
  return { ...cases, ...(programs === undefined ? {} : { programs }) };
}
