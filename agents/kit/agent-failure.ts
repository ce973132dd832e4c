import { type ExitCode, isExitCode, OCF } from './exit-codes.ts';

/**
 * An action failed for a reason that a person can act on: its code becomes the agent's exit status, its message the exit
 * reason that Pacemaker shows. One line: what was expected, what came, and what to do.
 */
export class AgentFailure extends Error {
  override readonly name = 'AgentFailure';
  readonly code: ExitCode;

  constructor(code: ExitCode, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.code = code;
  }
}

/**
 * Whether an action failed so on purpose. Not told by the class: an agent's module brings a copy of the kit along, so that
 * what it throws is no `AgentFailure` of the one that runs it. A failure that claims success is none.
 */
export function isAgentFailure(error: unknown): error is AgentFailure {
  return (
    error instanceof Error &&
    error.name === 'AgentFailure' &&
    'code' in error &&
    isExitCode(error.code) &&
    error.code !== OCF.SUCCESS
  );
}
