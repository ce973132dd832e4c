import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/errors/secret.ts';

describe('Secret', () => {
  const secret = new Secret(Buffer.from('swordfish'));

  it.each<[string, () => string]>([
    ['String()', () => String(secret)],
    ['a template', () => `${secret}`],
    ['JSON', () => JSON.stringify({ secret })],
    ['inspect', () => inspect({ secret }, { depth: 9, showHidden: true })],
    ['an error', () => inspect(new Error('x', { cause: secret }))],
    ['its keys', () => JSON.stringify(Object.entries(secret))],
  ])('does not get out by %s', (_way, print) => {
    expect(print()).not.toMatch(/swordfish|73 77 6f|115,119/);
    expect(String(secret)).toBe('[redacted]');
  });

  it('gives its bytes on demand and can be wiped', () => {
    const bytes = Buffer.from('key');
    const own = new Secret(bytes);
    expect(own.byteLength).toBe(3);
    expect(own.expose()).toBe(bytes);
    own.wipe();
    expect(bytes).toEqual(Buffer.alloc(3));
  });
});
