import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findGroup, findUser } from '../../../src/config/accounts.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bundlet-accounts-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

describe('a user', () => {
  const find = (name: string, list: string) => {
    writeFileSync(join(directory, 'passwd'), list);
    return findUser(name, join(directory, 'passwd'));
  };

  it.each([
    ['is found', 'root:x:0:0::/root:/bin/sh\nhacluster:x:102:105::/:/bin/false\n', { uid: 102, gid: 105 }],
    ['is found in the last line', 'hacluster:x:1:2::', { uid: 1, gid: 2 }],
    ['is not a part of another', 'hacluster2:x:1:2::\nxhacluster:x:1:2::\n', undefined],
    ['needs numbers', 'hacluster:x:one:2::\n', undefined],
    ['needs a group', 'hacluster:x:1\n', undefined],
    ['is not in an empty list', '', undefined],
    [
      'is found after many others',
      `${'other:x:9:9::/:/bin/sh\n'.repeat(10_000)}hacluster:x:1:2::\n`,
      { uid: 1, gid: 2 },
    ],
  ])('%s', (_what, list, expected) => {
    expect(find('hacluster', list)).toEqual(expected);
  });

  it('of this system is found', () => {
    expect(findUser('root')).toEqual({ uid: 0, gid: 0 });
    expect(findUser('no-such-user')).toBeUndefined();
  });

  it('can not be found without a list, and a pipe does not stop the daemon', () => {
    expect(() => findUser('root', join(directory, 'missing'))).toThrow(/ENOENT/);
    execFileSync('mkfifo', [join(directory, 'pipe')]);
    expect(findUser('root', join(directory, 'pipe'))).toBeUndefined();
  });
});

describe('a group', () => {
  const find = (name: string, list: string) => {
    writeFileSync(join(directory, 'group'), list);
    return findGroup(name, join(directory, 'group'));
  };

  it.each([
    ['is found', 'root:x:0:\nhaclient:x:105:hacluster,alice\n', 105],
    ['is found in the last line', 'haclient:x:1:', 1],
    ['is not a part of another', 'haclients:x:1:\nxhaclient:x:2:\n', undefined],
    ['is no member of one', 'x:x:1:haclient\n', undefined],
    ['needs a number', 'haclient:x:one:\n', undefined],
    ['is not in an empty list', '', undefined],
  ])('%s', (_what, list, expected) => {
    expect(find('haclient', list)).toBe(expected);
  });

  it('of this system is found', () => {
    expect(findGroup('root')).toBe(0);
  });
});
