import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { areLocal } from '../../../../agents/kit/index.ts';

describe('paths on file systems of this machine', () => {
  it.each([
    ['what is there', ['/proc/self/stat', tmpdir()], true],
    ['what is not there yet, by the folder where it would be', [join(tmpdir(), 'none/such/file')], true],
    ['none at all', [], true],
    ['one of another kind among them', [tmpdir(), '/sys/kernel'], false],
    ['what can not be told', [tmpdir(), '/proc/self/stat/below'], false],
    ['what is no path', ['a\0b'], false],
  ])('%s', async (_, paths, expected) => {
    expect(await areLocal(paths)).toBe(expected);
  });
});
