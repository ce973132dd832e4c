import { describe, expect, it } from 'vitest';
import { parseStatusCodes } from '../../../../agents/apache/status-codes.ts';
import { localAddressFor, originOf, resolveUrl } from '../../../../agents/apache/urls.ts';
import { splitWords } from '../../../../agents/apache/words.ts';

describe('words', () => {
  it.each([
    ['', []],
    ['  a  b\tc\n', ['a', 'b', 'c']],
    [`a"b c"'d e'`, ['ab cd e']],
    [`"" ''`, ['', '']],
    ['a\\ b \\"', ['a b', '"']],
    [`'a\\b' "a\\"b"`, ['a\\b', 'a"b']],
    ['$(x) `y` ; *', ['$(x)', '`y`', ';', '*']],
  ])('of %j', (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });

  it('with an open quote are none', () => {
    expect(() => splitWords('a "b')).toThrow('words in which every " has its counterpart');
  });
});

describe('status codes', () => {
  it.each([
    ['2xx', [200, 299], [199, 300, 404]],
    ['200, 401 30X', [200, 401, 301], [201, 400, 310]],
  ])('%j', (text, right, wrong) => {
    const codes = parseStatusCodes(text);
    expect([...right, ...wrong].filter((code) => codes.has(code))).toEqual(right);
  });

  it.each(['', 'x', '600', '20', '2000', '2xx!'])('are not %j', (text) => {
    expect(() => parseStatusCodes(text)).toThrow(TypeError);
  });
});

describe('what is asked', () => {
  const wish = (use_ipv6 = false, port?: number) => ({ params: { use_ipv6, port } });
  const http = { port: 80, protocol: 'http' } as const;
  const https = { port: 443, protocol: 'https' } as const;

  it.each([
    [[http], wish(), 'http://localhost:80'],
    [[http], wish(true), 'http://[::1]:80'],
    [[https, http], wish(), 'http://localhost:80'],
    [[https], wish(), 'https://localhost:443'],
    [[{ ...http, address: '0.0.0.0' }], wish(), 'http://127.0.0.1:80'],
    [[{ ...http, address: '::' }], wish(), 'http://[::1]:80'],
    [[{ ...http, address: '10.0.0.1' }], wish(true), 'http://10.0.0.1:80'],
    [[], wish(), 'http://localhost:80'],
    [[], wish(false, 8080), 'http://localhost:8080'],
  ])('of a server that listens at %j', (listens, { params }, origin) => {
    expect(originOf({ listens }, { params })).toBe(origin);
  });

  it.each([
    ['/x', 'http://a/x'],
    ['x', 'http://a/x'],
    [' https://b/ ', 'https://b/'],
  ])('by %j', (text, url) => {
    expect(resolveUrl(text, 'http://a')).toBe(url);
  });

  it.each([
    ['http://localhost/', wish(), '127.0.0.1'],
    ['http://localhost/', wish(true), '::1'],
    ['http://[fe80:0:0:0:0:0:0:1]/', wish(), '::1'],
    ['http://[::1]/', wish(), '::1'],
  ])('%s from', (url, { params }, address) => {
    expect(localAddressFor(url, { params })).toBe(address);
  });
});
