import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OcfPlaces, placeOf } from '../../../src/standards/ocf-place.ts';

let root: string;
let places: OcfPlaces;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bundlet-place-'));
  places = { root, yielding: { folder: join(root, 'own'), names: new Set(['heartbeat/apache']) } };
  mkdirSync(join(root, 'resource.d/heartbeat'), { recursive: true });
});

afterEach(() => rmSync(root, { recursive: true }));

const theirs = (): string => join(root, 'resource.d/heartbeat/apache');

describe('the place of an OCF agent', () => {
  it.each([
    ['heartbeat', 'IPaddr2'],
    ['bundlet', 'apache'],
    ['acme', 'apache'],
  ])('of ocf:%s:%s is known without a look', (provider, type) => {
    expect(placeOf(places, provider, type)).toBe(join(root, 'resource.d', provider, type));
  });

  it('is ours where the system has none of that name', async () => {
    expect(await placeOf(places, 'heartbeat', 'apache')).toBe(join(root, 'own/heartbeat/apache'));
    rmSync(join(root, 'resource.d'), { recursive: true });
    expect(await placeOf(places, 'heartbeat', 'apache')).toBe(join(root, 'own/heartbeat/apache'));
    writeFileSync(join(root, 'resource.d'), '');
    expect(await placeOf(places, 'heartbeat', 'apache')).toBe(join(root, 'own/heartbeat/apache'));
  });

  it("is the system's as soon as that has one, in whatever state", async () => {
    writeFileSync(theirs(), '', { mode: 0o600 });
    expect(await placeOf(places, 'heartbeat', 'apache')).toBe(theirs());
    rmSync(theirs());
    symlinkSync('apache', theirs()); // a loop
    expect(await placeOf(places, 'heartbeat', 'apache')).toBe(theirs());
  });

  it("is the system's where nothing yields", () => {
    expect(placeOf({ root }, 'heartbeat', 'apache')).toBe(theirs());
  });
});
