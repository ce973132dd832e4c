import { describe, expect, it } from 'vitest';
import { parseAssignments, parseEnvironmentFile, splitWords } from '../../../../agents/process/words.ts';

describe('words', () => {
  it.each([
    ['', []],
    ['  \n\t ', []],
    ['a b\tc\nd', ['a', 'b', 'c', 'd']],
    [`'a b' "c d" e\\ f`, ['a b', 'c d', 'e f']],
    [`a'b'"c"d`, ['abcd']],
    [`'' ""`, ['', '']],
    [`'\\' "\\"\\\\\\$\\\`\\x"`, ['\\', '"\\$`\\x']],
    ['$HOME `id` $(id) * ~', ['$HOME', '`id`', '$(id)', '*', '~']],
    [`"it's" 'a "b"'`, [`it's`, 'a "b"']],
    ['ü→ \\ü', ['ü→', 'ü']],
  ])('of %j', (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });

  it.each([`'`, `"`, `a 'b`, `a "b\\"`, 'a\\'])('of %j have an open end', (text) => {
    expect(() => splitWords(text)).toThrow(new TypeError('words whose quotes are closed'));
  });
});

describe('assignments', () => {
  it('have a name and any value', () => {
    expect(parseAssignments(`A=1 _b2='x y' C= D=e=f`)).toEqual([
      ['A', '1'],
      ['_b2', 'x y'],
      ['C', ''],
      ['D', 'e=f'],
    ]);
  });

  it.each(['A', '=1', '1A=2', 'A-B=1', 'A =1'])('are not %j', (text) => {
    expect(() => parseAssignments(text)).toThrow(/assignments such as NAME=VALUE/);
  });
});

describe('an environment file', () => {
  it('has assignments, comments and empty lines', () => {
    const text = `# comment\n\nA=1\n  export B="x \\"y\\""\nC=it's # not a comment\nD='e f'\r\nE=\n`;
    expect(parseEnvironmentFile(text)).toEqual([
      ['A', '1'],
      ['B', 'x "y"'],
      ['C', `it's # not a comment`],
      ['D', 'e f'],
      ['E', ''],
    ]);
  });

  it('tells the line that is none', () => {
    expect(() => parseEnvironmentFile('A=1\nB')).toThrow(/^line 2 to have assignments/);
    expect(() => parseEnvironmentFile(`A='a'b'`)).toThrow(/^line 1 to have words whose quotes are closed/);
  });
});
