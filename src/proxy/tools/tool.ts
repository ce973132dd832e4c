import type { Clock } from '../../observe/clock.ts';
import type { Relay } from '../../protocol/ipc-relay.ts';

/** One call of a small tool, as it stood on the command line. */
export interface ToolCall {
  /** How it was called, without its directory: `crm_attribute`. */
  readonly name: string;
  /** Without the name. */
  readonly args: readonly string[];
  /** The few variables that a tool looks at; `init/tool.c` has the list. */
  readonly env: Readonly<Record<string, string>>;
  /** Process id and user name of the caller, for the cluster's log and access rules. */
  readonly pid: number;
  readonly user: string;
}

/** What the caller prints and ends with. */
export interface ToolResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a tool works with. */
export interface ToolContext {
  readonly relay: Relay;
  readonly clock: Clock;
  /** Aborts when the caller is gone or its time is over. */
  readonly signal: AbortSignal;
}

/** Never rejects for what a caller or the cluster did: that is a result with an exit code. */
export type Tool = (call: ToolCall, context: ToolContext) => Promise<ToolResult>;
