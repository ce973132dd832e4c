import { expect, it } from 'vitest';
import { durationMs } from '../../../../src/conformance/metadata/durations.ts';

it.each([
  ['20', 20_000],
  ['20s', 20_000],
  [' 20 s ', 20_000],
  ['1m', 60_000],
  ['1min', 60_000],
  ['500ms', 500],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['1500us', 2],
  ['0', 0],
  ['', undefined],
  ['soon', undefined],
  ['-1', undefined],
  ['1.5s', undefined],
  ['20 apples', undefined],
  ['1constructor', undefined],
  [undefined, undefined],
])('%j is %j', (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});
