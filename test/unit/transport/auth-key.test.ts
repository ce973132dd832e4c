import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { channelOf, type EventName } from '../../../src/observe/events.ts';
import { AuthKey } from '../../../src/transport/auth-key.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';

const NAMES: readonly EventName[] = [
  'tls.key-loaded',
  'tls.key-missing',
  'tls.key-readable',
  'tls.key-short',
  'tls.previous-key-unusable',
];

let folder: string;
let told: string[];
const listeners = NAMES.map((name) => ({
  name,
  hear: (fields: unknown) => {
    const { path, reason } = fields as { path: string; reason?: string };
    told.push(
      `${name.replace(/^tls\.|key-/g, '')} ${path.slice(folder.length + 1)}${reason ? ` ${reason}` : ''}`,
    );
  },
}));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bundlet-key-'));
  told = [];
  for (const { name, hear } of listeners) {
    channelOf(name).subscribe(hear);
  }
});

afterEach(() => {
  for (const { name, hear } of listeners) {
    channelOf(name).unsubscribe(hear);
  }
  rmSync(folder, { recursive: true });
});

/** Writes a key file and dates it long before the clock's now, unless told otherwise. */
function put(name: string, content: string | Buffer, { mode = 0o600, seconds = 10 } = {}): void {
  writeFileSync(join(folder, name), content);
  chmodSync(join(folder, name), mode);
  utimesSync(join(folder, name), seconds, seconds);
}

function keyAt(options: { location?: string; clock?: FakeClock } = {}): AuthKey {
  const { location, clock = new FakeClock() } = options;
  return new AuthKey({
    ...(location === undefined ? {} : { location: join(folder, location) }),
    standardPath: join(folder, 'standard'),
    fallbackPath: join(folder, 'fallback'),
    clock,
  });
}

const read = (key: AuthKey): string | undefined => key.current()?.expose().toString();
const LONG = 'a key of more than 16 bytes';

describe('where the key comes from', () => {
  it.each([
    { have: { location: 'L', standard: 'S', fallback: 'F' }, location: 'location', expected: 'L' },
    { have: { standard: 'S', fallback: 'F' }, location: 'location', expected: undefined },
    { have: { location: '', standard: 'S' }, location: 'location', expected: undefined },
    { have: { standard: 'S', fallback: 'F' }, location: undefined, expected: 'S' },
    { have: { fallback: 'F' }, location: undefined, expected: 'F' },
    { have: { standard: '', fallback: 'F' }, location: undefined, expected: undefined },
    { have: {}, location: undefined, expected: undefined },
  ])('with $have and location $location: $expected', ({ have, location, expected }) => {
    for (const [name, content] of Object.entries(have)) {
      put(name, content.repeat(20));
    }
    expect(read(keyAt(location === undefined ? {} : { location }))).toBe(expected?.repeat(20));
  });

  it('goes over to the standard path when that appears', () => {
    const key = keyAt();
    put('fallback', LONG);
    expect(read(key)).toBe(LONG);
    put('standard', `${LONG}!`);
    expect(read(key)).toBe(`${LONG}!`);
    expect(told).toEqual(['loaded fallback', 'loaded standard']);
  });
});

describe('what is a key', () => {
  it.each([
    { bytes: 0, missing: 'empty' },
    { bytes: 1, missing: undefined },
    { bytes: 65_534, missing: undefined },
    { bytes: 65_535, missing: undefined },
    { bytes: 65_536, missing: 'longer than 65535 bytes' },
    { bytes: 1_000_000, missing: 'longer than 65535 bytes' },
  ])('$bytes bytes', ({ bytes, missing }) => {
    put('standard', Buffer.alloc(bytes, 1));
    expect(keyAt().current()?.byteLength).toBe(missing === undefined ? bytes : undefined);
    expect(told[0]).toBe(missing === undefined ? 'loaded standard' : `missing standard ${missing}`);
  });

  it('takes every byte as it is, a newline at the end as well', () => {
    put('standard', Buffer.from([0, 10, 13, 255, 32, 10]));
    expect(keyAt().current()?.expose()).toEqual(Buffer.from([0, 10, 13, 255, 32, 10]));
  });

  it.each([
    { what: 'a folder', make: (path: string) => mkdirSync(path) },
    { what: 'a named pipe', make: (path: string) => spawnSync('mkfifo', [path]) },
  ])('takes no $what, and does not wait for it', ({ make }) => {
    make(join(folder, 'standard'));
    expect(read(keyAt())).toBeUndefined();
    expect(told).toEqual(['missing standard not a regular file']);
  });

  it.each([
    { bytes: 15, expected: ['loaded standard', 'short standard'] },
    { bytes: 16, expected: ['loaded standard'] },
  ])('warns of a short key: $bytes bytes', ({ bytes, expected }) => {
    put('standard', Buffer.alloc(bytes, 1));
    keyAt().current();
    expect(told).toEqual(expected);
  });

  it.each([
    { mode: 0o640, warned: false },
    { mode: 0o604, warned: true },
    { mode: 0o602, warned: true },
    { mode: 0o601, warned: true },
  ])('warns when others have any permission: $mode', ({ mode, warned }) => {
    put('standard', LONG, { mode });
    expect(read(keyAt())).toBe(LONG);
    expect(told).toEqual(warned ? ['loaded standard', 'readable standard'] : ['loaded standard']);
  });
});

describe('when the file changes', () => {
  it('reads it once while it stays the same', () => {
    put('standard', LONG);
    const key = keyAt();
    expect(key.current()).toBe(key.current());
    expect(told).toEqual(['loaded standard']);
  });

  it.each([
    { what: 'time', change: () => put('standard', LONG.toUpperCase(), { seconds: 20 }) },
    { what: 'size', change: () => put('standard', `${LONG.toUpperCase()}`.padEnd(40)) },
  ])('reads it again after a change of $what, and wipes the old key', ({ change }) => {
    put('standard', LONG);
    const key = keyAt();
    const old = key.current();
    change();
    expect(read(key)?.trim()).toBe(LONG.toUpperCase());
    expect(old?.expose().every((byte) => byte === 0)).toBe(true);
    expect(told).toEqual(['loaded standard', 'loaded standard']);
  });

  it('does not trust the time of a file that was changed just now', () => {
    const clock = new FakeClock();
    const seconds = clock.epochSeconds();
    put('standard', LONG, { seconds });
    const key = keyAt({ clock });
    expect(read(key)).toBe(LONG);
    // The same size and, by the file system's coarse clock, the same time.
    put('standard', LONG.toUpperCase(), { seconds });
    expect(read(key)).toBe(LONG.toUpperCase());
    expect(told).toEqual(['loaded standard', 'loaded standard']);
  });

  it('has no key while there is no file, says so once, and comes back', () => {
    put('standard', LONG);
    const key = keyAt();
    const old = key.current();
    rmSync(join(folder, 'standard'));
    expect(read(key)).toBeUndefined();
    expect(read(key)).toBeUndefined();
    expect(old?.expose().every((byte) => byte === 0)).toBe(true);
    put('standard', '');
    expect(read(key)).toBeUndefined();
    put('standard', LONG);
    expect(read(key)).toBe(LONG);
    expect(told).toEqual([
      'loaded standard',
      'missing standard absent',
      'missing standard empty',
      'loaded standard',
    ]);
  });

  it('warns once when the permissions are opened', () => {
    put('standard', LONG);
    const key = keyAt();
    key.current();
    chmodSync(join(folder, 'standard'), 0o644);
    key.current();
    key.current();
    expect(told).toEqual(['loaded standard', 'readable standard']);
  });

  it('warns once of a file that has no name any more: the mount of one that was replaced elsewhere', () => {
    put('standard', LONG);
    const descriptor = openSync(join(folder, 'standard'), 'r');
    rmSync(join(folder, 'standard'));
    const orphans: unknown[] = [];
    const hear = (fields: unknown): void => void orphans.push(fields);
    channelOf('tls.file-replaced').subscribe(hear);
    const path = `/proc/self/fd/${descriptor}`;
    const key = new AuthKey({ location: path, clock: new FakeClock() });
    expect(read(key)).toBe(LONG);
    expect(read(key)).toBe(LONG);
    expect(orphans).toEqual([{ path }]);
    channelOf('tls.file-replaced').unsubscribe(hear);
    closeSync(descriptor);
  });
});

describe('a previous key', () => {
  it('may be absent without a word, and is told of when it is there', () => {
    const key = new AuthKey({ role: 'previous', location: join(folder, 'previous'), clock: new FakeClock() });
    expect(read(key)).toBeUndefined();
    put('previous', LONG);
    expect(read(key)).toBe(LONG);
    expect(key.current()?.name).toMatch(/^[0-9a-f]{16}$/);
    put('previous', '');
    expect(read(key)).toBeUndefined();
    expect(read(key)).toBeUndefined();
    rmSync(join(folder, 'previous'));
    expect(read(key)).toBeUndefined();
    expect(told).toEqual(['loaded previous', 'previous-unusable previous empty']);
  });
});
