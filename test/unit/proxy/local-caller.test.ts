import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callerOf } from '../../../src/proxy/local-caller.ts';

let directory: string;
let users: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bundlet-caller-'));
  users = join(directory, 'passwd');
  writeFileSync(users, 'root:x:0:0::/:/bin/sh\nbroken\n:x:7:7::/:\nzoë:x:1234:7::/:\nother:x:1234:7::/:\n');
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const ask = (uid: number, file = users) => callerOf({ pid: process.pid, uid, gid: 7, groups: [] }, file);

describe('a local caller', () => {
  it('has the name of its user, of several the first', () => {
    expect(ask(1234)).toMatchObject({ user: 'zoë', pid: process.pid, program: expect.stringMatching(/./) });
  });

  it.each([7, 4711, 2 ** 32 - 1])('has no rights of a user that is not in the list, as %d', (uid) => {
    expect(ask(uid).user).toBe('#unprivileged');
  });

  it('is root without any list, and nobody else is anybody', () => {
    expect(ask(0, join(directory, 'none')).user).toBe('root');
    expect(ask(1234, join(directory, 'none')).user).toBe('#unprivileged');
    expect(ask(1234, directory).user).toBe('#unprivileged');
  });

  it('that has ended has no name of its program', () => {
    expect(callerOf({ pid: 2 ** 30, uid: 0, gid: 0, groups: [] })).toEqual({
      pid: 2 ** 30,
      user: 'root',
      program: '',
    });
  });
});
