import { isIPv6 } from 'node:net';
import type { Installation } from './installation.ts';

const LOOPBACK = { 4: '127.0.0.1', 6: '::1' } as const;

/** Addresses that a server listens at when it listens at all of them, and the one of those to ask. */
const ALL_ADDRESSES: Readonly<Record<string, string>> = {
  '0.0.0.0': LOOPBACK[4],
  '::': LOOPBACK[6],
  '*': 'localhost',
};

/** What of the parameters says where to ask. */
interface Wish {
  readonly params: { readonly port: number | undefined; readonly use_ipv6: boolean };
}

/**
 * Protocol, address and port to ask where an URL is only a path: the first Listen without TLS, else the first with it;
 * without any, `port`.
 */
export function originOf({ listens }: Pick<Installation, 'listens'>, { params }: Wish): string {
  const listen = listens.find(({ protocol }) => protocol === 'http') ?? listens[0];
  const { protocol = 'http', port = params.port ?? 80 } = listen ?? {};
  const address = ALL_ADDRESSES[listen?.address ?? '*'] ?? listen?.address ?? 'localhost';
  const isIpv6 = params.use_ipv6 && address === 'localhost';
  return `${protocol}://${hostText(isIpv6 ? LOOPBACK[6] : address)}:${port}`;
}

/** An URL as the original reads it: what does not begin with `http` is a path of the server. */
export function resolveUrl(text: string, origin: string): string {
  const trimmed = text.trim();
  return /^https?:/i.test(trimmed) ? trimmed : `${origin}${trimmed.startsWith('/') ? '' : '/'}${trimmed}`;
}

/**
 * The address to ask from: a loopback one, so that `Require local` lets it in, and that only a server of this machine can
 * answer.
 */
export function localAddressFor(url: string, { params }: Wish): string {
  const host = /^https?:\/\/(?:[^/@]*@)?\[([^\]]*)\]/i.exec(url)?.[1] ?? '';
  return params.use_ipv6 || url.includes('::') || isIPv6(host) ? LOOPBACK[6] : LOOPBACK[4];
}

const hostText = (address: string): string => (isIPv6(address) ? `[${address}]` : address);
