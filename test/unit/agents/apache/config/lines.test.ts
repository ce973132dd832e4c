// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Apache look so
import { expect, it } from 'vitest';
import { expand, logicalLines, splitWords } from '../../../../../agents/apache/config/lines.ts';

it.each([
  ['', []],
  ['a b', ['a', 'b']],
  ['  "a b"  c ', ['a b', 'c']],
  [`'a "b"' "c 'd'"`, ['a "b"', "c 'd'"]],
  ['"a \\"b\\" \\\\ \\n"', ['a "b" \\ \\n']],
  ['a\\\\b \\"c', ['a\\b', '\\"c']],
  ['a"b c"d', ['a"b', 'c"d']],
  ['"never closed', ['never closed']],
  ['""  x', ['', 'x']],
  ['größe\t*', ['größe', '*']],
])('has the words of %j', (text, words) => {
  expect(splitWords(text)).toEqual(words);
});

it('joins lines and leaves out what says nothing', () => {
  const text = ' a 1 \r\n# no\\\nstill no\n\n  b\\\n  2\\\n\nlast\\';
  expect([...logicalLines(text)]).toEqual([
    { text: 'a 1', number: 1 },
    { text: 'b  2', number: 5 },
    { text: 'last', number: 8 },
  ]);
});

it('puts values in once', () => {
  const values: Record<string, string> = { A: '${B}', B: 'x y', EMPTY: '' };
  expect(expand('${A} ${B} ${C} $B ${EMPTY}${ $(id)', (name) => values[name])).toBe(
    '${B} x y ${C} $B ${ $(id)',
  );
});
