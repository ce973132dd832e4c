import { expect, it } from 'vitest';
import { readPitfalls, shellcheckWords } from '../../../../src/conformance/source/shellcheck.ts';

const comment = (code: number, line: number, column: number): object => ({
  ...{ file: 'agent', line, endLine: line, column, endColumn: column + 3, level: 'warning', code },
  message: `message of ${code}`,
  fix: null,
});

it('asks for the chosen codes alone', () => {
  expect(shellcheckWords('-agent').slice(-2)).toEqual(['--', '-agent']);
  expect(shellcheckWords('agent').join(' ')).toMatch(/--include=SC2050,.*SC3060,SC2086 /);
});

it('gives pitfalls by line, and of unquoted values those of parameters', () => {
  const text = '#!/bin/sh\nrm $x $OCF_RESKEY_file\ncd $OCF_RESKEY_CRM_meta_name\n';
  // Not in POSIX, and in dash.
  const ulimit = { ...comment(3045, 2, 1), message: 'In POSIX sh, ulimit -n is undefined.' };
  const output = JSON.stringify({
    comments: [comment(2164, 3, 1), comment(2086, 2, 4), comment(2086, 2, 7), comment(2086, 3, 4), ulimit],
  });
  expect(readPitfalls(output, text)).toEqual([
    { code: 2086, line: 2, column: 7, message: 'message of 2086' },
    { code: 2164, line: 3, column: 1, message: 'message of 2164' },
  ]);
});
