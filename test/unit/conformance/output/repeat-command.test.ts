import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { printableWord, repeatCommand } from '../../../../src/conformance/output/repeat-command.ts';

describe('a word of a command line', () => {
  it.each([
    ['port=80', 'port=80'],
    ['', "''"],
    ['a b', "'a b'"],
    ["it's", "'it'\\''s'"],
    ['$(touch x)', "'$(touch x)'"],
    ["a\nb'c", "$'a\\nb\\'c'"],
    ['\u001b[31m', "$'\\033[31m'"],
    ['\u00857', "$'\\302\\2057'"],
  ])('%j is written %s', (word, written) => {
    expect(printableWord(word)).toBe(written);
  });

  const WORDS = [
    '',
    ' ',
    "'",
    '"',
    '\\',
    '$HOME',
    '`id`',
    '$(id)',
    '*',
    '~',
    '#x',
    '!x',
    'a=b',
    'ünï ☃',
    '-',
    '--',
    'line\nline\n',
    "\\n'\n",
    '\ttab',
    '\r\n',
    '\u001b[0m',
    '\u00019',
    '\u0085',
    '\u2028',
    "$'x'",
    '{a,b}',
    ';',
    '&&',
    '<>|',
  ];

  it('is, in bash, the word again', () => {
    const script = WORDS.map((word) => `printf '%s\\0' ${printableWord(word)}`).join('\n');
    const output = execFileSync('bash', ['-c', script], { encoding: 'utf8' });
    expect(output.split('\0').slice(0, -1)).toEqual(WORDS);
  });

  it('stays on its line', () => {
    expect(WORDS.map(printableWord).join(' ')).not.toMatch(/[\n\r\u2028]/);
  });
});

describe('the command that repeats a run', () => {
  it('has all that changes what a check does', () => {
    expect(
      repeatCommand({
        agent: './my agent',
        parameters: { motto: 'a\nb', port: '80' },
        options: [['--seed', '7'], ['--in-place']],
      }),
    ).toBe("bundlet conformance './my agent' -o $'motto=a\\nb' -o port=80 --seed 7 --in-place");
  });
});
