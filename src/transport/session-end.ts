import type { SessionFailure } from '../native/secure-session.ts';

/** Why a session ended. */
export interface SessionEnd {
  /** One word for tables and tests. */
  readonly word: string;
  /** A sentence for a person. */
  readonly message: string;
  /** We wanted it, or the peer said goodbye. */
  readonly clean: boolean;
  readonly failure?: SessionFailure;
}

/** The end that a failure of TLS leads to. Leaving half-way and alerts of the peer have no word of their own. */
export function endOf(failure: SessionFailure): SessionEnd {
  const word = failure.kind === 'ended' || failure.kind === 'alert' ? 'tls' : failure.kind;
  return { word, message: failure.message, clean: false, failure };
}

/** An end that has no word of its own and was nobody's wish. */
export function tlsEnd(message: string): SessionEnd {
  return { word: 'tls', message, clean: false };
}

/** A look at the port, as health checks and load balancers take it: nobody wanted to come in. */
export const SILENT_END: SessionEnd = {
  word: 'probe',
  message: 'The peer left without sending anything',
  clean: true,
};
