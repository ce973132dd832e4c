import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { loadCases } from '../../src/conformance/cases/load-cases.ts';
import { checksOf } from '../../src/conformance/catalog.ts';
import { runChecks } from '../../src/conformance/engine.ts';
import { readMetadata } from '../../src/conformance/metadata/read-metadata.ts';
import { agentBase } from '../../src/conformance/place/base-environment.ts';
import type { RunReport } from '../../src/conformance/result.ts';
import { SandboxJobs } from '../../src/conformance/sandbox/sandbox-jobs.ts';
import { findSandboxMode } from '../../src/conformance/sandbox/sandbox-mode.ts';
import { agentPlaces, findAgent } from '../../src/conformance/subject/find-agent.ts';
import { readSubject } from '../../src/conformance/subject/read-subject.ts';

/** How an agent is run. */
export interface AgentRun {
  readonly agent: string;
  /** Default: what lies beside the agent. */
  readonly casesFile?: string;
  /** Ids of checks. Default: all. */
  readonly only?: readonly string[];
}

/** Runs the checks of an agent, each in a sandbox of its own, as the command line does. */
export async function runAgent({ agent, casesFile, only }: AgentRun): Promise<RunReport> {
  const { signal } = new AbortController();
  const settings = {
    seed: 1,
    timeoutFactor: 1,
    live: false,
    keep: false,
    command: `bundlet conformance ${agent}`,
  };
  const runner = new SandboxJobs(await findSandboxMode(agentBase(process.env)));
  const found = await findAgent(agent, agentPlaces(process.env, process.cwd()));
  const { cases } = await loadCases({
    agentPath: found.path,
    ...(casesFile === undefined ? {} : { given: casesFile }),
  });
  const subject = await readSubject({ agent: found, cases, settings, runner, readMetadata }, signal);
  const all = await checksOf(subject.class);
  const checks = only === undefined ? all : all.filter(({ id }) => only.includes(id));
  return await runChecks(
    { subject, checks, settings, runner, place: 'sandbox', bundlet: 'development' },
    () => undefined,
    signal,
  );
}

/** The report of a whole run that is kept in that file; it is made if it is not there. A run takes a minute or more. */
export async function keptReport(file: string, run: AgentRun): Promise<RunReport> {
  return await kept(file, () => runAgent(run));
}

/** What is kept in that file as JSON; it is made if it is not there. */
export async function kept<Value>(file: string, make: () => Promise<Value>): Promise<Value> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text !== undefined) {
    return JSON.parse(text) as Value;
  }
  const value = await make();
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(value));
  return value;
}
