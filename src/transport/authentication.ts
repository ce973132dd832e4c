import type { SecureSession } from '../native/secure-session.ts';
import type { EventFields } from '../observe/events.ts';

/**
 * How a server lets peers in: `KeyAuthentication` or `CertificateAuthentication`. Files are looked at for each new
 * session, so that what is replaced on disk holds at once; open sessions keep what they began with.
 */
export interface Authentication {
  /** Makes the session of one peer. */
  open(): SecureSession;
  /** Looks at the files now rather than with the next peer, so that what is wrong with them is told now. */
  refresh(): void;
  /** What the log tells of a peer that was let in, beside its address. Never a secret. */
  describe(peer: string, session: SecureSession): EventFields;
  /** Lets nobody in any more. Open sessions keep what they use. */
  release(): void;
}
