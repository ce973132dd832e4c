import type { ExitCode } from './exit-codes.ts';

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
