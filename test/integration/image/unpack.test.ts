import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { members } from '../../../scripts/members.ts';

const TREE = resolve(import.meta.dirname, '../../../build/root');

/** What an image with resource-agents and Pacemaker has, with modes that nobody would choose by chance. */
const THEIRS = [
  'usr/lib/ocf/resource.d/heartbeat/apache',
  'usr/lib/ocf/resource.d/heartbeat/nfsserver',
  'usr/lib/ocf/resource.d/pacemaker/Dummy',
  'usr/lib/ocf/lib/heartbeat/ocf-shellfuncs',
];
const FOLDERS = ['usr', 'usr/lib', 'usr/lib/ocf', 'usr/lib/ocf/resource.d', 'usr/sbin'];

let image: string;

beforeEach(() => {
  image = mkdtempSync(join(tmpdir(), 'bundlet-image-'));
  for (const file of THEIRS) {
    mkdirSync(join(image, dirname(file)), { recursive: true });
    writeFileSync(join(image, file), `theirs: ${file}`);
    chmodSync(join(image, file), 0o751);
  }
  mkdirSync(join(image, 'usr/sbin'));
  for (const folder of FOLDERS) {
    chmodSync(join(image, folder), 0o711);
  }
});

afterEach(() => rmSync(image, { recursive: true }));

it('Bundlet unpacked over an image with resource-agents changes nothing of it', () => {
  // Node is left out here: it is large.
  const names = members(TREE).filter((name) => name !== 'usr/lib/bundlet/node');
  const archive = execFileSync(
    'tar',
    ['--create', '--directory', TREE, '--no-recursion', '--null', '--files-from=-'],
    { input: names.map((name) => `${name}\0`).join(''), maxBuffer: 100_000_000 },
  );
  execFileSync('tar', ['--extract', '--directory', image], { input: archive });
  for (const file of THEIRS) {
    expect(readFileSync(join(image, file), 'utf8')).toBe(`theirs: ${file}`);
    expect(statSync(join(image, file)).mode & 0o7777).toBe(0o751);
  }
  for (const folder of FOLDERS) {
    expect([folder, statSync(join(image, folder)).mode & 0o7777]).toEqual([folder, 0o711]);
  }
  // ... and ours are there, as programs.
  for (const name of ['usr/lib/ocf/resource.d/bundlet/dummy', 'usr/sbin/pcmk-init']) {
    expect(statSync(join(image, name)).mode & 0o111).toBe(0o111);
  }
});
