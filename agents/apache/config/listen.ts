import { isIPv6 } from 'node:net';

/** An address that httpd listens on. */
export interface Listen {
  /** Without brackets; absent: all of them. */
  readonly address?: string;
  readonly port: number;
  readonly protocol: 'http' | 'https';
}

/** An address of a Listen, a VirtualHost or a URL in parts; `*` and nothing are undefined. */
export interface Place {
  readonly address: string | undefined;
  readonly port: number | undefined;
}

/** A virtual host, or what is outside of all. */
export interface Host {
  readonly places: readonly Place[];
  /** SSLEngine, if it is set. */
  isTls?: boolean;
}

const toPort = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;

/** `80`, `127.0.0.1:80`, `[::1]:80`, `*:80`, `name:80`, `*` [apr_parse_addr_port]. */
export function parsePlace(text: string): Place {
  const [, inBrackets, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+|\*))?$/.exec(text) ?? [];
  if (isIPv6(text)) {
    return { address: text, port: undefined };
  }
  if (inBrackets === undefined && port === undefined && toPort(plain) !== undefined) {
    return { address: undefined, port: toPort(plain) };
  }
  const address = (inBrackets ?? plain ?? '').replace(/^(\*|_default_)$/, '');
  return { address: address === '' ? undefined : address, port: toPort(port) };
}

/** What was said by Listen. */
export interface ListenDirective {
  readonly place: Place;
  /** The second word. */
  readonly protocol: string | undefined;
}

/**
 * The addresses and what is spoken there: what SSLEngine says for the hosts of the port; without a word of it, what
 * Listen says, or the port's number, as long as mod_ssl is there [mod_ssl.c; listen.c: ap_set_listener].
 */
export function resolveListens(
  listens: readonly ListenDirective[],
  hosts: readonly Host[],
  hasTls: boolean,
): readonly Listen[] {
  const found = new Map<string, Listen>();
  for (const { place, protocol } of listens) {
    const { address, port } = place;
    if (port === undefined) {
      continue;
    }
    const said = hosts
      .filter(({ places }) => places.length === 0 || places.some((host) => isSame(host, place)))
      // Outside of all hosts is said for those that say nothing themselves.
      .sort((one, other) => other.places.length - one.places.length)
      .find(({ isTls }) => isTls !== undefined);
    const byListen = (protocol?.toLowerCase() ?? (port === 443 ? 'https' : 'http')) === 'https';
    const isTls = hasTls && (said?.isTls ?? byListen);
    found.set(`${address} ${port}`, {
      ...(address === undefined ? {} : { address }),
      port,
      protocol: isTls ? 'https' : 'http',
    });
  }
  return [...found.values()];
}

function isSame(host: Place, listen: Place): boolean {
  return (
    (host.port === undefined || host.port === listen.port) &&
    (host.address === undefined || listen.address === undefined || host.address === listen.address)
  );
}
