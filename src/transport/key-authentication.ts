import type { Secret } from '../errors/secret.ts';
import { openSession } from '../native/gnutls.ts';
import { pskServerCredentials } from '../native/gnutls-credentials.ts';
import { priorities as checkPriorities } from '../native/gnutls-priorities.ts';
import type { Credentials, SecureSession } from '../native/secure-session.ts';
import { type Clock, systemClock } from '../observe/clock.ts';
import type { EventFields } from '../observe/events.ts';
import type { Authentication } from './authentication.ts';
import { DEFAULT_PRIORITIES, PSK_IDENTITY, pskPriorities } from './priorities.ts';
import { TokenBucket } from './token-bucket.ts';
import { type SecondTry, TwoKeySession } from './two-key-session.ts';

/** Where a key comes from; asked at each handshake. `AuthKey` is one. */
export interface KeySource {
  current(): Secret | undefined;
}

export interface KeyAuthenticationOptions {
  readonly key: KeySource;
  /** Holds beside the first while keys are being rotated; with TLS 1.3 only. */
  readonly previousKey?: KeySource;
  /** Base of the GnuTLS priority string, default `NORMAL`; the PSK part is added. */
  readonly priorities?: string;
  readonly clock?: Clock;
}

/**
 * Second tries for strangers: so many at once, and so many a second in the long run, which at 0.1 ms each is 1 % of a
 * processor. Who has the previous key is not counted.
 */
const SECOND_TRIES = 200;
const SECOND_TRIES_PER_SECOND = 100;

/** No key at all where there is no other than the current one. */
const NO_KEY: KeySource = { current: () => undefined };

/** Lets in who has the pre-shared key, or during a rotation the one before. */
export class KeyAuthentication implements Authentication {
  readonly #key: KeySource;
  readonly #previousKey: KeySource;
  readonly #priorities: string;
  readonly #credentials: Credentials;
  readonly #previousCredentials: Credentials;
  readonly #secondTry: SecondTry;

  /** @throws AgentError GNUTLS_MISSING, TLS_PRIORITIES_INVALID */
  constructor(options: KeyAuthenticationOptions) {
    const { key, previousKey = NO_KEY, priorities = DEFAULT_PRIORITIES, clock = systemClock } = options;
    this.#key = key;
    this.#previousKey = previousKey;
    this.#priorities = pskPriorities(priorities);
    // Here and not with the first peer, so that a mistake in it is told at start.
    checkPriorities(this.#priorities);
    this.#credentials = credentialsFor(key);
    this.#previousCredentials = credentialsFor(previousKey);
    const tries = new TokenBucket(SECOND_TRIES, SECOND_TRIES_PER_SECOND, clock);
    this.#secondTry = {
      open: () => (tries.take() ? this.#openWith(this.#previousCredentials) : undefined),
      proved: () => tries.giveBack(),
    };
  }

  open(): SecureSession {
    const first = this.#openWith(this.#credentials);
    return this.#hasPrevious() ? new TwoKeySession(first, this.#secondTry) : first;
  }

  refresh(): void {
    this.#key.current();
    this.#previousKey.current();
  }

  describe(_peer: string, { keyName }: SecureSession): EventFields {
    const isPrevious = keyName !== undefined && keyName !== this.#key.current()?.name;
    return { key: keyName, ...(isPrevious ? { isPreviousKey: true } : {}) };
  }

  release(): void {
    this.#credentials.release();
    this.#previousCredentials.release();
  }

  /** There is a previous key, and it is another than the current one. */
  #hasPrevious(): boolean {
    const previous = this.#previousKey.current();
    if (previous === undefined) {
      return false;
    }
    // Without names they can't be told apart, and count as two.
    return previous.name === undefined || previous.name !== this.#key.current()?.name;
  }

  #openWith(credentials: Credentials): SecureSession {
    return openSession({ credentials, priorities: this.#priorities });
  }
}

function credentialsFor(source: KeySource): Credentials {
  return pskServerCredentials((identity) =>
    identity === PSK_IDENTITY ? (source.current() ?? 'no-key') : 'identity',
  );
}
