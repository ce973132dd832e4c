import { messageOf } from '../errors/agent-error.ts';
import { openSession } from '../native/gnutls.ts';
import { certificateCredentials, nextUpdateOf } from '../native/gnutls-certificates.ts';
import { priorities as checkPriorities } from '../native/gnutls-priorities.ts';
import type { Credentials, SecureSession } from '../native/secure-session.ts';
import { type Clock, systemClock, type Timer } from '../observe/clock.ts';
import { type EventFields, emit } from '../observe/events.ts';
import type { Authentication } from './authentication.ts';
import { type CertificateFacts, certificateFacts, isoDate, validityProblem } from './certificate-facts.ts';
import {
  areSettled,
  type CertificateSet,
  type CertificateSources,
  readCertificates,
  sameStamps,
  stampsOf,
  wipe,
} from './certificate-set.ts';
import { OrphanWatch } from './orphan-watch.ts';
import { DEFAULT_PRIORITIES } from './priorities.ts';
import { type FileStamp, isOpenToOthers, permissionsOf } from './stamped-file.ts';

/** How often dates are looked at while nothing else happens, in ms: once a day. */
const DAILY_MS = 86_400_000;

export interface CertificateAuthenticationOptions {
  readonly certificates: CertificateSources;
  /** The GnuTLS priority string, default `NORMAL`. */
  readonly priorities?: string;
  readonly clock?: Clock;
}

/** What is in use. */
interface InUse {
  readonly credentials: Credentials;
  readonly digest: string;
  readonly own: CertificateFacts | undefined;
  readonly crlUntilSeconds: number | undefined;
}

/**
 * Lets in who has a certificate that a CA of ours has signed. The files are looked at for each new session; a set that
 * can't be used, as half-way through a replacement, leaves the one before in use.
 *
 * Events: `tls.certificates-loaded`, `tls.certificates-rejected`, `tls.key-readable` at a change; at a change and once
 * a day `tls.certificate-validity` and `tls.crl-stale`; `tls.certificate-validity` for a peer's when it comes.
 */
export class CertificateAuthentication implements Authentication {
  readonly #sources: CertificateSources;
  readonly #priorities: string;
  readonly #clock: Clock;
  readonly #orphans = new OrphanWatch();
  /** The files as they were before they were last read. */
  #seen: ReadonlyMap<string, FileStamp | string>;
  /** They could not have changed again since without a stamp telling. */
  #settled: boolean;
  #inUse: InUse;
  /** What was last complained of, so that it is said once. */
  #complaint = '';
  #daily: Timer | undefined;
  #released = false;

  /** @throws AgentError CERTIFICATES_INVALID, TLS_PRIORITIES_INVALID, GNUTLS_MISSING */
  constructor(options: CertificateAuthenticationOptions) {
    this.#sources = options.certificates;
    this.#priorities = options.priorities ?? DEFAULT_PRIORITIES;
    this.#clock = options.clock ?? systemClock;
    checkPriorities(this.#priorities);
    this.#seen = stampsOf(this.#sources);
    this.#settled = areSettled(this.#seen, this.#clock.epochSeconds());
    this.#inUse = this.#load(readCertificates(this.#sources));
    this.#lookAtDates();
  }

  open(): SecureSession {
    this.refresh();
    return openSession({ credentials: this.#inUse.credentials, priorities: this.#priorities });
  }

  refresh(): void {
    const now = stampsOf(this.#sources);
    for (const [path, stamp] of now) {
      if (typeof stamp !== 'string') {
        this.#orphans.look(path, stamp);
      }
    }
    if (this.#released || (this.#settled && sameStamps(this.#seen, now))) {
      return;
    }
    this.#seen = now;
    this.#settled = areSettled(now, this.#clock.epochSeconds());
    try {
      this.#replace(readCertificates(this.#sources));
      this.#complaint = '';
    } catch (thrown) {
      const reason = messageOf(thrown);
      if (reason !== this.#complaint) {
        this.#complaint = reason;
        emit('tls.certificates-rejected', { reason });
      }
    }
  }

  describe(peer: string, session: SecureSession): EventFields {
    const der = session.peerCertificate;
    const facts = der === undefined ? undefined : certificateFacts(der);
    if (facts === undefined) {
      return {};
    }
    this.#warnOf(facts, { whose: 'peer', peer });
    return { subject: facts.subject, fingerprint: facts.fingerprint, notAfter: isoDate(facts.toSeconds) };
  }

  release(): void {
    this.#released = true;
    this.#daily?.cancel();
    this.#inUse.credentials.release();
  }

  #replace(set: CertificateSet): void {
    if (set.digest === this.#inUse.digest) {
      wipe(set);
      return;
    }
    const before = this.#inUse;
    this.#inUse = this.#load(set);
    // Sessions that use them keep them.
    before.credentials.release();
    if (before.own?.fingerprint === this.#inUse.own?.fingerprint) {
      // The daily look tells of our certificate; a list that is renewed every hour does not.
      this.#lookAtList();
    } else {
      this.#lookAtDates();
    }
  }

  #load(set: CertificateSet): InUse {
    const { pems, stamps, digest } = set;
    try {
      const credentials = certificateCredentials('server', pems);
      const own = certificateFacts(pems.cert.text);
      const crlUntilSeconds = pems.crl && nextUpdateOf(pems.crl);
      emit('tls.certificates-loaded', {
        path: pems.cert.name,
        subject: own?.subject,
        fingerprint: own?.fingerprint,
        notAfter: own && isoDate(own.toSeconds),
        crlUntil: crlUntilSeconds === undefined ? undefined : isoDate(crlUntilSeconds),
      });
      const keyStamp = stamps.get(pems.key.name);
      if (keyStamp !== undefined && isOpenToOthers(keyStamp)) {
        emit('tls.key-readable', { path: pems.key.name, mode: permissionsOf(keyStamp) });
      }
      return { credentials, digest, own, crlUntilSeconds };
    } finally {
      wipe(set);
    }
  }

  #lookAtDates(): void {
    const { own } = this.#inUse;
    if (own !== undefined) {
      this.#warnOf(own, { whose: 'own' });
    }
    this.#lookAtList();
    this.#daily?.cancel();
    this.#daily = this.#clock.setTimer(DAILY_MS, () => this.#lookAtDates());
  }

  #lookAtList(): void {
    const { crlUntilSeconds } = this.#inUse;
    if (crlUntilSeconds !== undefined && crlUntilSeconds < this.#clock.epochSeconds()) {
      // It still serves: GnuTLS goes on refusing what it names.
      emit('tls.crl-stale', { nextUpdate: isoDate(crlUntilSeconds) });
    }
  }

  #warnOf(facts: CertificateFacts, whose: EventFields): void {
    const problem = validityProblem(facts, this.#clock.epochSeconds());
    if (problem !== undefined) {
      const { subject, fingerprint, toSeconds } = facts;
      emit('tls.certificate-validity', {
        ...whose,
        problem,
        subject,
        fingerprint,
        notAfter: isoDate(toSeconds),
      });
    }
  }
}
