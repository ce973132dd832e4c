import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readPidFile as read } from '../../../../agents/kit/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'bundlet-pid-file-'));
const path = join(directory, 'pid');
afterAll(() => rmSync(directory, { recursive: true }));

describe.each([
  ['', false],
  [' of this machine', true],
])('a PID file%s', (_where, isLocal) => {
  const readPidFile = (at: string) => read(at, { isLocal });

  it.each([
    ['17\n', { kind: 'pid', pid: 17 }],
    ['17', { kind: 'pid', pid: 17 }],
    ['  17 \r\n', { kind: 'pid', pid: 17 }],
    ['17\n/var/lib/data\n5432\n', { kind: 'pid', pid: 17 }],
    ['0017\n', { kind: 'pid', pid: 17 }],
    ['4194304\n', { kind: 'pid', pid: 4_194_304 }],
    ['4194305\n', { kind: 'garbage', text: '4194305' }],
    ['0\n', { kind: 'garbage', text: '0' }],
    ['-1\n', { kind: 'garbage', text: '-1' }],
    ['17 18\n', { kind: 'garbage', text: '17 18' }],
    ['99999999999999999999\n', { kind: 'garbage', text: '99999999999999999999' }],
    ['x'.repeat(5000), { kind: 'garbage', text: 'x'.repeat(40) }],
    ['', { kind: 'empty' }],
    [' \n\n', { kind: 'empty' }],
  ] as const)('with %j', async (text, expected) => {
    writeFileSync(path, text);
    expect(await readPidFile(path)).toEqual(expected);
  });

  it('that is not there', async () => {
    expect(await readPidFile(join(directory, 'missing'))).toEqual({ kind: 'absent' });
    writeFileSync(path, '');
    expect(await readPidFile(join(path, 'below'))).toEqual({ kind: 'absent' });
  });

  it('that is no file is not waited for', async () => {
    expect(await readPidFile(directory)).toEqual({ kind: 'unreadable', errno: 'EFTYPE' });
    const fifo = join(directory, `fifo-${isLocal}`);
    execFileSync('mkfifo', [fifo]);
    expect(await readPidFile(fifo)).toEqual({ kind: 'unreadable', errno: 'EFTYPE' });
  });

  it('that can not be reached', async () => {
    const loop = join(directory, `loop-${isLocal}`);
    symlinkSync(loop, loop);
    expect(await readPidFile(loop)).toEqual({ kind: 'unreadable', errno: 'ELOOP' });
  });
});
