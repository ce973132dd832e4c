import type { PeerCredentials } from '../native/peer-credentials.ts';
import type { Clock } from '../observe/clock.ts';
import type { ToolAnswer, ToolRequest } from './tool-frames.ts';

export interface ToolSocketOptions {
  readonly path: string;
  readonly clock: Clock;
  /** Does the work of one call. `signal` aborts when the caller is gone. Rejects only for a fault of ours. */
  readonly run: (request: ToolRequest, caller: PeerCredentials, signal: AbortSignal) => Promise<ToolAnswer>;
}
