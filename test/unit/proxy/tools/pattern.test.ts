import { describe, expect, it } from 'vitest';
import { matching } from '../../../../src/proxy/tools/pattern.ts';

const NAMES = ['alpha', 'beta-2', 'Beta', '', 'a.b', 'new\nline'];

describe('names that match a pattern', () => {
  it.each([
    ['a', ['alpha', 'beta-2', 'Beta', 'a.b']],
    ['^a', ['alpha', 'a.b']],
    ['^(alpha|Beta)$', ['alpha', 'Beta']],
    ['[[:digit:]]', ['beta-2']],
    ['^[[:upper:]][^[:space:]]+$', ['Beta']],
    ['a\\.b', ['a.b']],
    ['w.l', ['new\nline']],
    ['', NAMES],
    ['zz', []],
    ['(', []],
  ])('%j', async (pattern, expected) => {
    expect([...(await matching(pattern, NAMES))]).toEqual(expected);
  });

  it('are none when the pattern takes for ever', async () => {
    const startedAtMs = performance.now();
    expect([...(await matching('(a+)+$', [`${'a'.repeat(64)}!`]))]).toEqual([]);
    // For ever is years; a loaded machine may take its time.
    expect(performance.now() - startedAtMs).toBeLessThan(20_000);
  });
});
