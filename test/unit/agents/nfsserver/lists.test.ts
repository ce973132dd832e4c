import { describe, expect, it } from 'vitest';
import { clientList } from '../../../../agents/nfsserver/lists.ts';

describe('clients', () => {
  it.each([
    ['10.0.0.0/255.0.0.0, 192.0.2.0/255.255.255.128', ['10.0.0.0/8', '192.0.2.0/25']],
    ['0.0.0.0/0.0.0.0', ['0.0.0.0/0']],
    ['2001:db8::/32,::1', ['2001:db8::/32', '::1']],
    ['@hosts,*.example.com,*', ['@hosts', '*.example.com', '*']],
  ])('%s are networks with lengths, which every server reads', (text, expected) => {
    expect(clientList(text)).toEqual(expected);
  });

  it.each([
    '10.0.0.0/255.0.255.0',
    'fe80::1%eth0',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '*; } EXPORT {',
    'a b',
    '"x"',
  ])('%j are refused', (text) => {
    expect(() => clientList(text)).toThrow(TypeError);
  });
});
