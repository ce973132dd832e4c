import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProgram, oneLine, type ProgramResult, setPromotionScore } from '../../../../agents/kit/index.ts';
import { fileName } from '../../../../agents/kit/state-directory.ts';

let scratch = '';
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'bundlet-kit-'));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

function program(name: string, mode = 0o755): string {
  const path = join(scratch, name);
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, mode);
  return path;
}

describe('one line', () => {
  it.each([
    ['a\nb', 'a; b'],
    ['  a \r\n\r\n\t b  \n', 'a; b'],
    ['\u001b[1;31merror\u001b[0m: \u001b]0;title\u0007no', 'error: no'],
    ['a\u0000b\u0007c', 'a b c'],
    ['', ''],
    ['ünïcode ☃', 'ünïcode ☃'],
  ])('of %j', (text, line) => {
    expect(oneLine(text)).toBe(line);
  });

  it('has an end', () => {
    expect(oneLine('x'.repeat(5000))).toBe(`${'x'.repeat(2000)}…`);
  });
});

describe('a program', () => {
  it('is found in PATH by its order, if it can be run', async () => {
    mkdirSync(join(scratch, 'folder'));
    const path = program('tool');
    program('text', 0o644);
    const env = { PATH: `relative::/nowhere:${scratch}` };
    expect(await findProgram('tool', env)).toBe(path);
    expect(await findProgram('text', env)).toBeUndefined();
    expect(await findProgram('folder', env)).toBeUndefined();
  });

  it('is found in the usual places without a PATH', async () => {
    expect(await findProgram('sh', {})).toMatch(/^\/(usr\/)?bin\/sh$/);
  });

  it('may be a path', async () => {
    expect(await findProgram(program('tool'), {})).toBe(join(scratch, 'tool'));
    expect(await findProgram('bin/sh', {})).toBeUndefined();
  });
});

describe('the name of a state directory', () => {
  it.each([
    ['web', 'web'],
    ['web:0', 'web%3A0'],
    ['a/b c', 'a%2Fb%20c'],
    ['.', '%2E'],
    ['..', '%2E%2E'],
    ['.hidden', '.hidden'],
  ])('of %s is %s', (instance, name) => {
    expect(fileName(instance)).toBe(name);
  });
});

describe('the promotion score', () => {
  /** Sets it where the tools end with these statuses. */
  async function set(score: number | undefined, statuses: Record<string, Partial<ProgramResult>>) {
    const calls: string[] = [];
    const lines: string[] = [];
    const log = (text: string): void => void lines.push(text);
    for (const name of Object.keys(statuses)) {
      program(name);
    }
    const isKnown = await setPromotionScore(
      {
        env: { PATH: '/nowhere', HA_SBIN_DIR: scratch },
        leftMs: () => 4000,
        log: { debug: log, info: log, warn: log, error: log },
        run: async ({ path, args = [], timeoutMs }) => {
          const name = path.slice(scratch.length + 1);
          calls.push(`${[name, ...args].join(' ')} within ${timeoutMs}`);
          return { isTimedOut: false, stdout: '', stderr: '', ...statuses[name] };
        },
      },
      score,
    );
    return { isKnown, calls, lines };
  }

  it('is set by crm_attribute, and taken back', async () => {
    const good = { crm_attribute: { code: 0 }, crm_master: { code: 0 } };
    expect(await set(5, good)).toEqual({
      isKnown: true,
      calls: ['crm_attribute --promotion -v 5 within 2000'],
      lines: [],
    });
    expect((await set(undefined, good)).calls).toEqual(['crm_attribute --promotion -D within 2000']);
  });

  it('is set by crm_master where the other is too old', async () => {
    expect(await set(-5, { crm_attribute: { code: 64 }, crm_master: { code: 0 } })).toMatchObject({
      isKnown: true,
      calls: ['crm_attribute --promotion -v -5 within 2000', 'crm_master -l reboot -v -5 within 2000'],
    });
  });

  it.each([
    [
      { code: 102, stderr: 'Transport endpoint is not connected\n' },
      'status 102: Transport endpoint is not connected',
    ],
    [{ signal: 'SIGKILL' as const, isTimedOut: true }, 'SIGKILL: '],
    [{ errno: 'EACCES' }, 'EACCES: '],
  ])('that nobody takes is told of, and no more: %j', async (result, words) => {
    expect(await set(5, { crm_attribute: result, crm_master: { code: 0 } })).toMatchObject({
      isKnown: false,
      lines: [`Expected crm_attribute to set the promotion score, got ${words}; going on without`],
    });
  });
});
