import { describe, expect, it } from 'vitest';
import { closest, didYouMean } from '../../../src/config/did-you-mean.ts';

const NAMES = ['ACT-01', 'ACT-02', 'FAIL-01', 'META-01', 'apache', 'anything'];

describe('the name that was probably meant', () => {
  it.each([
    ['ACT-1', 'ACT-01'],
    ['act-02', 'ACT-02'],
    ['FIAL-01', 'FAIL-01'],
    ['apahce', 'apache'],
    ['apache2', 'apache'],
    ['anythin', 'anything'],
  ])('of %s is %s', (word, name) => {
    expect(closest(word, NAMES)).toBe(name);
  });

  it.each(['', 'x', 'mysqld', 'FAILURE-99'])('of %j is none', (word) => {
    expect(closest(word, NAMES)).toBeUndefined();
    expect(didYouMean(word, NAMES)).toBe('');
  });

  it('is said as the end of a message', () => {
    expect(didYouMean('apach', NAMES)).toBe('; did you mean apache?');
  });
});
