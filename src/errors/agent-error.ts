import type { ErrorCode } from './codes.ts';

/** What a caller may ask of an error without knowing its code. */
export type ErrorLabel = 'retryable' | 'fatal' | 'peer-fault' | 'config';

export interface AgentErrorOptions {
  readonly labels?: readonly ErrorLabel[];
  readonly cause?: unknown;
  /** Facts for logs and tools. Never a secret. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * The base of every error of ours. `code` is stable and listed with its remedy in `codes.ts`; the message says
 * what was expected, what came and what to do, in sentence case without a full stop.
 */
export class AgentError extends Error {
  readonly code: ErrorCode;
  readonly labels: readonly ErrorLabel[];
  readonly details: Readonly<Record<string, string | number | boolean>>;

  constructor(code: ErrorCode, message: string, options: AgentErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AgentError';
    this.code = code;
    this.labels = options.labels ?? [];
    this.details = options.details ?? {};
  }

  has(label: ErrorLabel): boolean {
    return this.labels.includes(label);
  }
}

/** The text of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
