import type { Secret } from '../errors/secret.ts';
import { crypto } from '../native/crypto.ts';
import { type Clock, systemClock } from '../observe/clock.ts';
import { emit } from '../observe/events.ts';
import { type KeyFileStamp, readKeyFile, sameStamp, stampOf } from './key-file.ts';

const SHORT_KEY_BYTES = 16;
/** Any permission for "others". */
const OTHERS_MASK = 0o007;
/** A file changed so lately may change again without its time of change telling. */
const SETTLED_SECONDS = 2;
const FINGERPRINT_DIGITS = 16;

export interface AuthKeyOptions {
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
  readonly stamp: KeyFileStamp;
  readonly key: Secret;
  readonly fingerprint: string;
  readonly settled: boolean;
}

/**
 * The pre-shared key. The file is looked at on each use and read again when it has changed, so that a new key holds
 * at once and without a restart; without the file there is no key. Nothing falls back from a location that was set:
 * upstream removed that as insecure. (tls.md 2.2)
 *
 * Events, each once a change: `tls.key-loaded`, `tls.key-missing`, `tls.key-readable`, `tls.key-short`.
 */
export class AuthKey {
  readonly #options: AuthKeyOptions;
  readonly #clock: Clock;
  #cached: Cached | undefined;
  /** What was last complained of, so that it is said once. */
  #complaint = '';

  constructor(options: AuthKeyOptions = {}) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** The key to use now, or none. Valid until the next call: a replaced key is wiped. */
  current(): Secret | undefined {
    const path = this.#path();
    const stamp = stampOf(path);
    if (typeof stamp === 'string') {
      return this.#missing(path, stamp);
    }
    const cached = this.#cached;
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
    return stampOf(standardPath) === 'absent' && stampOf(fallback) !== 'absent' ? fallback : standardPath;
  }

  #read(path: string): Secret | undefined {
    const read = readKeyFile(path);
    if (typeof read === 'string') {
      return this.#missing(path, read);
    }
    const { key, stamp } = read;
    const before = this.#cached;
    const fingerprint = crypto()
      .createHash('sha256')
      .update(key.expose())
      .digest('hex')
      .slice(0, FINGERPRINT_DIGITS);
    const settled = this.#clock.epochSeconds() - Number(stamp.mtimeNs / 1_000_000_000n) >= SETTLED_SECONDS;
    this.#cached = { path, stamp, key, fingerprint, settled };
    before?.key.wipe();
    this.#complaint = '';
    if (before?.path !== path || before.fingerprint !== fingerprint) {
      this.#announce(path, key, fingerprint);
    }
    if (isOpenToOthers(stamp) && (before?.path !== path || !isOpenToOthers(before.stamp))) {
      emit('tls.key-readable', { path, mode: (Number(stamp.mode) & 0o777).toString(8).padStart(4, '0') });
    }
    return key;
  }

  #announce(path: string, key: Secret, fingerprint: string): void {
    emit('tls.key-loaded', { path, bytes: key.byteLength, fingerprint });
    if (key.byteLength < SHORT_KEY_BYTES) {
      emit('tls.key-short', { path, bytes: key.byteLength });
    }
  }

  #missing(path: string, reason: string): undefined {
    this.#cached?.key.wipe();
    this.#cached = undefined;
    const complaint = `${path}: ${reason}`;
    if (complaint !== this.#complaint) {
      this.#complaint = complaint;
      emit('tls.key-missing', { path, reason });
    }
    return undefined;
  }
}

function isOpenToOthers(stamp: KeyFileStamp): boolean {
  return (Number(stamp.mode) & OTHERS_MASK) !== 0;
}
