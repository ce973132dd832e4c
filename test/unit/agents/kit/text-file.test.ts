import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readTextFile } from '../../../../agents/kit/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'bundlet-text-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('readTextFile', () => {
  it('reads a file to its end', async () => {
    const path = join(folder, 'text');
    writeFileSync(path, 'ä\n'.repeat(100_000));
    expect(await readTextFile(path)).toBe('ä\n'.repeat(100_000));
  });

  it('takes /dev/null for an empty one', async () => {
    expect(await readTextFile('/dev/null')).toBe('');
  });

  it.each([
    ['a FIFO without a writer', 'EFTYPE', (path: string) => void execFileSync('mkfifo', [path])],
    ['nothing', 'ENOENT', () => undefined],
    ['a large file', 'EFBIG', (path: string) => writeFileSync(path, Buffer.alloc(1024 * 1024 + 1))],
  ])('refuses %s at once', async (what, code, make) => {
    const path = join(folder, what);
    make(path);
    await expect(readTextFile(path)).rejects.toMatchObject({ code });
  });

  it.each(['/dev/zero', '/proc'])('refuses %s', async (path) => {
    await expect(readTextFile(path)).rejects.toMatchObject({ code: 'EFTYPE' });
  });
});
