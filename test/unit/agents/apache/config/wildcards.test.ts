import { expect, it } from 'vitest';
import { matches } from '../../../../../agents/apache/config/wildcards.ts';

it.each([
  ['*.conf', 'a.conf', true],
  ['*.conf', 'a.conf~', false],
  ['*.conf', '.conf', false],
  ['.*', '.conf', true],
  ['*', '', true],
  ['*', 'x', true],
  ['a*b*c', 'axxbxbxc', true],
  ['a*b*c', 'axxbxb', false],
  ['?.x', 'a.x', true],
  ['?.x', '.x', false],
  ['[a-c]1', 'b1', true],
  ['[!a-c]1', 'b1', false],
  ['[^a-c]1', 'd1', true],
  ['[]x]', ']', true],
  ['[a', '[a', true],
  ['\\*', '*', true],
  ['\\*', 'x', false],
  ['000*', '000-default.conf', true],
  ['*a*a*a*a*a*a*a*a*b', 'a'.repeat(200), false],
])('%j and %j: %j', (pattern, name, expected) => {
  expect(matches(pattern, name)).toBe(expected);
});
