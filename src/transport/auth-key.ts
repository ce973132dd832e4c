import { Secret } from '../errors/secret.ts';
import { type Clock, systemClock } from '../observe/clock.ts';
import { emit } from '../observe/events.ts';
import { keyFingerprint } from './key-fingerprint.ts';
import { OrphanWatch } from './orphan-watch.ts';
import {
  ABSENT,
  type FileStamp,
  isOpenToOthers,
  isSettled,
  permissionsOf,
  readStamped,
  sameStamp,
  stampOf,
} from './stamped-file.ts';

/** The longest key that GnuTLS takes. */
const MAX_KEY_BYTES = 65_535;
const SHORT_KEY_BYTES = 16;

/** Where the one key is that everybody uses, or the one that was used before and still holds during a rotation. */
export type KeyRole = 'current' | 'previous';

export interface AuthKeyOptions {
  /** Default `current`. A `previous` one may be absent: nothing is said of that. */
  readonly role?: KeyRole;
  /** The file that the configuration names; then no other is tried. */
  readonly location?: string;
  /** Default `/etc/pacemaker/authkey`. */
  readonly standardPath?: string;
  /** Used only while the standard path does not exist; default `/etc/corosync/authkey`. */
  readonly fallbackPath?: string;
  readonly clock?: Clock;
}

interface Cached {
  readonly path: string;
  readonly stamp: FileStamp;
  /** Its name is its fingerprint. */
  readonly key: Secret;
  readonly settled: boolean;
}

/**
 * The pre-shared key. The file is looked at on each use and read again when it has changed, so that a new key holds
 * at once and without a restart; without the file there is no key. Nothing falls back from a location that was set:
 * upstream removed that as insecure. (tls.md 2.2)
 *
 * Events, each once a change: `tls.key-loaded`, `tls.key-missing`, `tls.key-readable`, `tls.key-short`,
 * `tls.file-replaced`; and `tls.previous-key-unusable` in place of `tls.key-missing` where it is not the current one.
 */
export class AuthKey {
  readonly #options: AuthKeyOptions;
  readonly #clock: Clock;
  readonly #role: KeyRole;
  readonly #orphans = new OrphanWatch();
  #cached: Cached | undefined;
  /** What was last complained of, so that it is said once. */
  #complaint = '';

  constructor(options: AuthKeyOptions = {}) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#role = options.role ?? 'current';
  }

  /** The key to use now, or none. Valid until the next call: a replaced key is wiped. */
  current(): Secret | undefined {
    const path = this.#path();
    const stamp = stampOf(path);
    if (typeof stamp === 'string') {
      return this.#missing(path, stamp);
    }
    const cached = this.#cached;
    this.#orphans.look(path, stamp);
    if (cached?.settled && cached.path === path && sameStamp(cached.stamp, stamp)) {
      return cached.key;
    }
    return this.#read(path);
  }

  #path(): string {
    const { location, standardPath = '/etc/pacemaker/authkey' } = this.#options;
    if (location !== undefined) {
      return location;
    }
    const fallback = this.#options.fallbackPath ?? '/etc/corosync/authkey';
    // Not there at all, as opposed to unreadable or empty; and the fallback is only named when it is there.
    return stampOf(standardPath) === ABSENT && stampOf(fallback) !== ABSENT ? fallback : standardPath;
  }

  #read(path: string): Secret | undefined {
    const read = readStamped(path, MAX_KEY_BYTES);
    if (typeof read === 'string') {
      return this.#missing(path, read);
    }
    const { bytes, stamp } = read;
    const before = this.#cached;
    const key = new Secret(bytes, keyFingerprint(bytes));
    const isNew = before?.path !== path;
    this.#cached = { path, stamp, key, settled: isSettled(stamp, this.#clock.epochSeconds()) };
    before?.key.wipe();
    this.#complaint = '';
    if (isNew || before.key.name !== key.name) {
      this.#announce(path, key);
    }
    if (isOpenToOthers(stamp) && (isNew || !isOpenToOthers(before.stamp))) {
      emit('tls.key-readable', { path, mode: permissionsOf(stamp) });
    }
    return key;
  }

  #announce(path: string, { byteLength: bytes, name }: Secret): void {
    emit('tls.key-loaded', { path, bytes, fingerprint: name, role: this.#role });
    if (bytes < SHORT_KEY_BYTES) {
      emit('tls.key-short', { path, bytes });
    }
  }

  #missing(path: string, reason: string): undefined {
    this.#cached?.key.wipe();
    this.#cached = undefined;
    const complaint = `${path}: ${reason}`;
    if (complaint !== this.#complaint) {
      this.#complaint = complaint;
      if (this.#role === 'current') {
        emit('tls.key-missing', { path, reason });
      } else if (reason !== ABSENT) {
        emit('tls.previous-key-unusable', { path, reason });
      }
    }
    return undefined;
  }
}
