import type { AgentError } from '../../errors/agent-error.ts';

/** Carries messages of `control.proto` to a daemon and back. */
export interface Carrier {
  send(message: Buffer): void;
  close(): void;
}

/** Who gets them. Nothing comes before `connect` has given the carrier. */
export interface CarrierHandlers {
  onMessage(message: Buffer): void;
  /** Once. */
  onClose(error: AgentError): void;
}
