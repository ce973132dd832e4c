import { AgentError, messageOf } from '../errors/agent-error.ts';

/** Exit statuses of `bundlet` and all its commands [docs/conformance/formats.md]. */
export const EXIT = {
  ok: 0,
  /** What was looked at is not as it should be. */
  failed: 1,
  usage: 2,
  /** It could not be found out. */
  unable: 3,
  /** As shells tell of a program that SIGINT ended. */
  interrupted: 130,
  /** The same of SIGTERM. */
  terminated: 143,
} as const;
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** What a command calls when it is done. */
export type Done = (status: ExitStatus) => void;

/** Ends a command with one line for people, because of what they asked for. */
export function usageError(problem: string, cause?: unknown): AgentError {
  return new AgentError('CONFIG_INVALID', problem, { labels: ['config'], cause });
}

/** Codes of mistakes in what somebody wrote. */
const MISTAKES: ReadonlySet<string> = new Set(['CONFIG_INVALID', 'CASES_INVALID']);

/** What somebody is told of an error, and the status: a mistake of theirs, a state of the machine, or a fault of ours with its trace. */
export function describeError(thrown: unknown): { readonly text: string; readonly status: ExitStatus } {
  if (thrown instanceof AgentError) {
    return { text: thrown.message, status: MISTAKES.has(thrown.code) ? EXIT.usage : EXIT.unable };
  }
  const trace = thrown instanceof Error ? thrown.stack : undefined;
  return {
    text: `This is a fault of bundlet, please report it: ${trace ?? messageOf(thrown)}`,
    status: EXIT.unable,
  };
}
