import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprint, isUnchanged } from '../../../../../agents/apache/config/fingerprint.ts';

let folder: string;
let fingerprints: Map<string, string>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bundlet-fingerprint-'));
  writeFileSync(join(folder, 'file'), 'a');
  mkdirSync(join(folder, 'directory'));
  symlinkSync('file', join(folder, 'link'));
  const paths = ['file', 'directory', 'link', 'none', 'file/below'].map((name) => join(folder, name));
  fingerprints = new Map();
  for (const path of paths) {
    fingerprints.set(path, await fingerprint(path));
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.each([
  ['through threads', false],
  ['at once', true],
])('a look %s', (_, isLocal) => {
  it('finds what nobody has touched', async () => {
    expect(await isUnchanged(fingerprints, isLocal)).toBe(true);
  });

  it.each<[string, () => void]>([
    ['another text', () => writeFileSync(join(folder, 'file'), 'ab')],
    ['another time', () => utimesSync(join(folder, 'file'), 1, 1)],
    ['a file that is gone', () => rmSync(join(folder, 'file'))],
    ['one more in a directory', () => writeFileSync(join(folder, 'directory/new'), '')],
    ['what was not there', () => writeFileSync(join(folder, 'none'), '')],
    [
      'a link that leads elsewhere',
      () => {
        rmSync(join(folder, 'link'));
        symlinkSync('directory', join(folder, 'link'));
      },
    ],
  ])('notices %s', async (_name, change) => {
    change();
    expect(await isUnchanged(fingerprints, isLocal)).toBe(false);
  });
});
