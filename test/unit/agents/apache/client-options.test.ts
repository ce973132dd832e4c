import { describe, expect, it } from 'vitest';
import { parseClientOptions } from '../../../../agents/apache/client-options.ts';

describe('options of curl and wget', () => {
  it.each([
    ['', {}],
    ['-k', { isInsecure: true }],
    ['-sSk', { isInsecure: true }],
    ['--no-check-certificate', { isInsecure: true }],
    ['--cacert /etc/ca.pem', { caFile: '/etc/ca.pem' }],
    ['--ca-certificate=/etc/ca.pem', { caFile: '/etc/ca.pem' }],
    ['-H "Host: a.example" --header=X-Probe:1', { headers: { Host: 'a.example', 'X-Probe': '1' } }],
    ["-H 'Accept: text/html'", { headers: { Accept: 'text/html' } }],
    ['-u me:se:cret', { user: 'me', password: 'se:cret' }],
    ['--http-user=me --http-passwd=secret', { user: 'me', password: 'secret' }],
    ['-m 5', { timeoutMs: 5000 }],
    ['-m0.5', { timeoutMs: 500 }],
    ['--timeout=5 --connect-timeout 1', { timeoutMs: 5000, connectTimeoutMs: 1000 }],
    ['-I', { method: 'HEAD' }],
    ['--interface lo', {}],
    ['--interface 10.0.0.1', { localAddress: '10.0.0.1' }],
    ['--bind-address=10.0.0.1', { localAddress: '10.0.0.1' }],
    ['--unix-socket /run/x', { socketPath: '/run/x' }],
    ['--resolve a.example:443:10.0.0.1', { addresses: { 'a.example:443': '10.0.0.1' } }],
    ['--resolve a.example:443:[::1]', { addresses: { 'a.example:443': '::1' } }],
    ['--max-redirs 0', { maxRedirects: 0 }],
    ['-A probe', { headers: { 'User-Agent': 'probe' } }],
    ['-o /dev/null -L -f', {}],
    ['--http2 -d x', { unknown: ['--http2', '-d', 'x'] }],
    ['-kZ', { unknown: ['-kZ'] }],
    ['-m', { unknown: ['-m'] }],
    ['-H nothing', { unknown: ['nothing'] }],
    ['constructor --toString', { unknown: ['constructor', '--toString'] }],
  ])('%j', (text, expected) => {
    expect(parseClientOptions(text)).toEqual({ headers: {}, addresses: {}, unknown: [], ...expected });
  });

  it('are refused when a quote is open', () => {
    expect(() => parseClientOptions('-H "x')).toThrow(TypeError);
  });
});
