import { AgentError, messageOf } from '../../errors/agent-error.ts';
import type { Cases, Instance } from '../subject.ts';
import { findCases, readCasesText } from './find-cases.ts';
import { DEFAULT_INSTANCE, readCases } from './read-cases.ts';

/** What the cases of a run are made of. */
export interface CasesRequest {
  /** The agent's file; undefined where it is not on this machine. */
  readonly agentPath?: string;
  /** `--cases`: taken in place of what lies beside the agent. */
  readonly given?: string;
  /** `-o`: they go to the first instance, and hold over its own. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The checks that `skip` may name. Default: any. */
  readonly checkIds?: readonly string[];
}

/** Cases, and the file that they came from, if any. */
export interface LoadedCases {
  readonly cases: Cases;
  readonly file?: string;
}

/**
 * Everything that is known of an agent beside its metadata: its file of cases and what was given by hand. Without either there is one
 * instance without parameters.
 * @throws AgentError CASES_INVALID if there is a file that can't be read or says something wrong
 */
export async function loadCases(request: CasesRequest): Promise<LoadedCases> {
  const { agentPath, given, parameters = {}, checkIds } = request;
  const file = given ?? (agentPath === undefined ? undefined : await findCases(agentPath));
  if (file === undefined) {
    return { cases: withParameters({ instances: [DEFAULT_INSTANCE] }, parameters) };
  }
  const content = await readCasesText(file).catch((error: NodeJS.ErrnoException) => {
    const why = error.code ?? messageOf(error);
    throw new AgentError('CASES_INVALID', `Expected ${file} to be a readable file of cases, got ${why}`, {
      labels: ['config'],
      cause: error,
    });
  });
  return { cases: withParameters(readCases(content, file, checkIds), parameters), file };
}

/** Parameters given by hand belong to the first instance, which most checks run. */
function withParameters(cases: Cases, parameters: Readonly<Record<string, string>>): Cases {
  const [first = DEFAULT_INSTANCE, ...others] = cases.instances;
  const merged: Instance = { ...first, parameters: { ...first.parameters, ...parameters } };
  return { ...cases, instances: [merged, ...others] };
}
