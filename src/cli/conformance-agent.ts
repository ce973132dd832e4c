import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { didYouMean } from '../config/did-you-mean.ts';
import { loadCases } from '../conformance/cases/load-cases.ts';
import { checksOf } from '../conformance/catalog.ts';
import {
  type AgentPlaces,
  agentPlaces,
  type FoundAgent,
  findAgent,
} from '../conformance/subject/find-agent.ts';
import type { Subject } from '../conformance/subject.ts';
import { AgentError } from '../errors/agent-error.ts';
import type { ConformanceRequest } from './conformance-request.ts';
import type { Io } from './io.ts';

/**
 * Finds the agent that somebody named; of one that a daemon has its name is enough.
 * @throws AgentError AGENT_NOT_FOUND, with the name that is nearest; CONFIG_INVALID
 */
export async function agentOf(
  { agent: name = '', target }: Pick<ConformanceRequest, 'agent' | 'target'>,
  { env, cwd }: Io,
): Promise<FoundAgent> {
  if (target !== undefined) {
    const { remoteAgent } = await import('../conformance/remote/remote-agent.ts');
    return remoteAgent(name);
  }
  const places = agentPlaces(env, cwd);
  try {
    return await findAgent(name, places);
  } catch (error) {
    if (!(error instanceof AgentError) || error.code !== 'AGENT_NOT_FOUND') {
      throw error;
    }
    const hint = didYouMean(name, await knownNames(name, places));
    throw hint === ''
      ? error
      : new AgentError(error.code, `${error.message}${hint}`, { labels: error.labels });
  }
}

/** Names of agents that are there, of the kind that was asked for. */
async function knownNames(name: string, places: AgentPlaces): Promise<readonly string[]> {
  if (name.startsWith('lsb:')) {
    return (await entries(places.initDirectory)).map((script) => `lsb:${script}`);
  }
  if (!name.startsWith('ocf:')) {
    return [];
  }
  const folders = [join(places.ocfRoot, 'resource.d'), ...places.ownFolders];
  const names = await Promise.all(
    folders.map(async (folder) => {
      const providers = await entries(folder);
      const types = await Promise.all(providers.map((provider) => entries(join(folder, provider))));
      return providers.flatMap((provider, index) =>
        (types[index] ?? []).map((type) => `ocf:${provider}:${type}`),
      );
    }),
  );
  return names.flat();
}

/** None, where there is no such folder. */
const entries = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => []);

/** What is known of the agent beside its metadata: `--cases` or the file beside it, and `-o`. @throws AgentError CASES_INVALID */
export async function casesOf(
  agent: FoundAgent,
  { casesFile, parameters }: ConformanceRequest,
  { cwd }: Io,
): Promise<Subject['cases']> {
  const checks = await checksOf(agent.class);
  const { cases } = await loadCases({
    ...(agent.path === '' ? {} : { agentPath: agent.path }),
    ...(casesFile === undefined ? {} : { given: resolve(cwd, casesFile) }),
    parameters,
    checkIds: checks.map(({ id }) => id),
  });
  return cases;
}

/** What of the parameters looks like a mistake: no fault, but the reason for many findings. */
export function parameterNotes({ metadata, cases }: Subject): readonly string[] {
  const given = cases.instances[0]?.parameters ?? {};
  if (metadata === undefined) {
    return [];
  }
  const names = metadata.parameters.map(({ name }) => name);
  const unknown = Object.keys(given).filter((name) => !names.includes(name));
  const missing = metadata.parameters.filter(
    ({ name, isRequired, defaultValue }) =>
      isRequired && defaultValue === undefined && given[name] === undefined,
  );
  return [
    ...unknown.map((name) => `The agent declares no parameter "${name}"${didYouMean(name, names)}`),
    ...missing.map(({ name }) => `The agent requires the parameter "${name}"; give it by -o ${name}=VALUE`),
  ];
}
