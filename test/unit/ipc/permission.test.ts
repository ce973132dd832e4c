import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { permissionOf } from '../../../src/ipc/permission.ts';

const directory = mkdtempSync(join(tmpdir(), 'bundlet-accounts-'));
const passwd = join(directory, 'passwd');
const group = join(directory, 'group');
writeFileSync(
  passwd,
  'root:x:0:0::/:/bin/sh\nhacluster:x:102:105::/:/bin/false\nalice:x:1000:1000::/:/bin/sh\n',
);
writeFileSync(group, 'root:x:0:\nhaclient:x:105:bob\nhaclients:x:106:\nalice:x:1000:\n');
const files = { passwd, group };
const OURS = { uid: process.geteuid?.() ?? 0, gid: 105, mode: 0o660 };

afterAll(() => rmSync(directory, { recursive: true }));

type Case = readonly [who: string, uid: number, gid: number, groups: readonly number[]];

describe('who may connect', () => {
  it.each<Case>([
    ['hacluster', 102, 105, []],
    ['a member of haclient', 1000, 105, []],
    ['a member of haclient by a supplementary group', 1000, 1000, [4, 105]],
  ])('%s may, and shares the files', (_who, uid, gid, groups) => {
    expect(permissionOf({ pid: 1, uid, gid, groups }, files)).toEqual(OURS);
  });

  it('hacluster without its group may, and has the files alone', () => {
    const alone = { uid: 102, gid: process.getegid?.() ?? 0, mode: 0o600 };
    expect(permissionOf({ pid: 1, uid: 102, gid: 1000, groups: [4] }, files)).toEqual(alone);
  });

  it('root may, and has the files alone', () => {
    const alone = { uid: 0, gid: 0, mode: 0o600 };
    expect(permissionOf({ pid: 1, uid: 0, gid: 7, groups: [] }, files)).toEqual(alone);
  });

  it.each<Case>([
    ['anybody else', 1000, 1000, [4, 1000]],
    ['the group of root', 1000, 0, [0]],
    ['a group of a similar name', 1000, 106, []],
    ['a uid that is the number of haclient', 105, 1000, [102]],
    ['nobody', 65_534, 65_534, []],
  ])('%s may not', (_who, uid, gid, groups) => {
    expect(permissionOf({ pid: 1, uid, gid, groups }, files)).toBeUndefined();
  });

  it('without lists only root may', () => {
    const none = { passwd: join(directory, 'x'), group: join(directory, 'y') };
    expect(permissionOf({ pid: 1, uid: 102, gid: 105, groups: [] }, none)).toBeUndefined();
    expect(permissionOf({ pid: 1, uid: 0, gid: 0, groups: [] }, none)).toBeDefined();
  });
});
