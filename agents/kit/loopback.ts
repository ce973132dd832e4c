import { isIP, type LookupFunction } from 'node:net';

const ADDRESSES = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** Whether a host's name or address, without brackets, means this machine and no other. */
export function isLoopback(host: string): boolean {
  switch (isIP(host)) {
    case 4:
      return host.startsWith('127.');
    case 6:
      return host === '::1' || host.startsWith('::ffff:127.') || host.startsWith('::ffff:7f');
    default:
      return host === 'localhost' || host.endsWith('.localhost');
  }
}

/**
 * Looks `localhost` up without the resolver, which may be slow or tell lies [RFC 6761 6.3]; other names are left to
 * Node, by undefined.
 */
export function lookupFor(host: string): LookupFunction | undefined {
  return isIP(host) === 0 && isLoopback(host) ? lookupLocalhost : undefined;
}

const lookupLocalhost: LookupFunction = (_host, { all, family }, callback) => {
  const asked = family === 'IPv6' || family === 6 ? 6 : family === 'IPv4' || family === 4 ? 4 : 0;
  const found = ADDRESSES.filter((entry) => asked === 0 || entry.family === asked);
  // Not at once: who asks does not expect its answer before it has gone on.
  queueMicrotask(() =>
    all === true ? callback(null, found) : callback(null, found[0]?.address ?? '', found[0]?.family),
  );
};
