import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProcess } from '../../../src/process/find-process.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bundlet-system-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

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
