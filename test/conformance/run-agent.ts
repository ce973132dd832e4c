import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { RunReport } from '../../src/conformance/result.ts';
import { BUNDLET } from './paths.ts';

/** How an agent is run. */
export interface AgentRun {
  readonly agent: string;
  /** Default: what lies beside the agent. */
  readonly casesFile?: string;
  /** Ids of checks. Default: all. */
  readonly only?: readonly string[];
}

const MOST_BYTES = 256 * 1024 * 1024;

/** Runs the checks of an agent by the built program, each in a sandbox of its own. */
export async function runAgent({ agent, casesFile, only }: AgentRun): Promise<RunReport> {
  const words = [
    ...['conformance', agent, '--output', 'json'],
    ...(casesFile === undefined ? [] : ['--cases', casesFile]),
    ...(only === undefined ? [] : ['--only', only.join(',')]),
  ];
  const { stdout } = await promisify(execFile)(BUNDLET, words, { maxBuffer: MOST_BYTES }).catch(
    (error: { readonly code?: unknown; readonly stdout: string }) => {
      // 1 says that something has failed, 3 that something is broken: the report tells what.
      if (error.stdout === '' || (error.code !== 1 && error.code !== 3)) {
        throw error;
      }
      return error;
    },
  );
  return JSON.parse(stdout) as RunReport;
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
