import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findUser } from '../../../src/config/accounts.ts';
import { findProcess } from '../../../src/process/find-process.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bundlet-system-'));
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

describe('a process', () => {
  it('of this system is found by its name', async () => {
    const name = readFileSync('/proc/self/comm', 'latin1').trim();
    expect(await findProcess(name)).toBeTypeOf('number');
    expect(await findProcess('no-such-process')).toBeUndefined();
  });

  it('is the oldest of its name; what is no process or gone is passed over', async () => {
    for (const [id, comm] of [
      ['30', 'sbd'],
      ['4', 'sbd'],
      ['5', 'sbd2'],
      ['self', 'sbd'],
    ] as const) {
      mkdirSync(join(directory, id));
      writeFileSync(join(directory, id, 'comm'), `${comm}\n`);
    }
    mkdirSync(join(directory, '1'));
    expect(await findProcess('sbd', directory)).toBe(4);
  });

  it('can not be looked for without /proc', async () => {
    await expect(findProcess('sbd', join(directory, 'missing'))).rejects.toThrow(/ENOENT/);
  });
});
