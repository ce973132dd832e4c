import { AgentError } from '../errors/agent-error.ts';

/** Somebody asked for a resource that is not there. */
export function noSuchResource(wanted: string, known: readonly string[]): AgentError {
  const list = known.length === 0 ? 'there are none' : known.join(', ');
  return new AgentError('NO_SUCH_RESOURCE', `Expected one of the resources (${list}), got ${wanted}`);
}
