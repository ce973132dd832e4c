import { AgentError } from '../../../src/errors/agent-error.ts';

/** The daemon did not do what the case promises. */
export class ContractFailure extends Error {}

/** What an error says, with its code where it has one. */
export function told(error: unknown): string {
  if (error instanceof AgentError) {
    return `${error.code}: ${error.message}`;
  }
  return error instanceof Error ? error.message : String(error);
}
