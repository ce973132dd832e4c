import { isIP } from 'node:net';
import { custom, type Description, type Parameter } from '../kit/index.ts';

/** A text that is read as something else; `parse` throws a TypeError with what was expected. */
export function typed<T>(parse: (text: string) => T, about: Description): Parameter<T | undefined> {
  return custom({ ...about, parse });
}

/** A parameter with one value for each export, `;` between them. */
export function perExport<T>(
  parseItem: (text: string) => T,
  about: Description,
): Parameter<readonly T[] | undefined> {
  return typed((text) => split(text, ';').map(parseItem), about);
}

/**
 * Words with a separator between them, without the spaces around.
 * @throws TypeError if one is empty
 */
export function split(text: string, separator: string): readonly string[] {
  const words = text.split(separator).map((word) => word.trim());
  // A separator at the end does no harm.
  if (words.length > 1 && words.at(-1) === '') {
    words.pop();
  }
  if (words.includes('')) {
    throw new TypeError(`a list with something between each two "${separator}"`);
  }
  return words;
}

/** One of some words, in any case; gives it as it is written in the list. */
export function word<const T extends string>(options: readonly T[]): (text: string) => T {
  return (text) => {
    const found = options.find((option) => option.toLowerCase() === text.toLowerCase());
    if (found === undefined) {
      throw new TypeError(`a list of ${options.join(', ')}`);
    }
    return found;
  };
}

/** Words of which a list may hold several, with commas. */
export function words<const T extends string>(options: readonly T[]): (text: string) => readonly T[] {
  const one = word(options);
  return (text) => split(text, ',').map(one);
}

/**
 * A path from the root, without `.` and `..` in it; what configuration files can't hold is refused.
 * @throws TypeError
 */
export function absolutePath(text: string): string {
  const path = text.length > 1 ? text.replace(/\/+$/, '') || '/' : text;
  const parts = path.split('/');
  if (!path.startsWith('/') || parts.includes('.') || parts.includes('..') || path.includes('//')) {
    throw new TypeError('an absolute path without ".", ".." and "//" in it');
  }
  if (hasControlCharacter(path) || /["\\]/.test(path)) {
    throw new TypeError('a path without quotes, backslashes and control characters');
  }
  return path;
}

/**
 * Who may mount: addresses, networks, names, netgroups, `*`; commas between them.
 * @throws TypeError
 */
export function clientList(text: string): readonly string[] {
  const clients = split(text, ',');
  const wrong = clients.find((client) => !isClient(client));
  if (wrong !== undefined) {
    throw new TypeError(
      `a list of addresses, networks such as 192.0.2.0/24, names, @netgroups or *, and not ${wrong}`,
    );
  }
  return clients.map(withLength);
}

/** A network with the length of its prefix: Ganesha takes no masks. */
function withLength(client: string): string {
  const [address = '', mask = ''] = client.split('/');
  return isIP(mask) === 4 ? `${address}/${lengthOf(mask)}` : client;
}

/** How many bits a mask has; undefined if it has gaps. */
function lengthOf(mask: string): number | undefined {
  const bits = mask
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(bits) ? bits.replaceAll('0', '').length : undefined;
}

/**
 * IP addresses with commas between them; a network's length after a slash is for other agents and left away.
 * @throws TypeError
 */
export function ipAddresses(text: string): readonly string[] {
  return split(text, ',').map((word) => {
    const [address = ''] = word.split('/');
    if (isIP(address) === 0) {
      throw new TypeError('IP addresses');
    }
    return address;
  });
}

/**
 * A name that can be a host's and stand in a configuration file.
 * @throws TypeError
 */
export function scope(text: string): string {
  if (!/^[\w.-]{1,64}$/.test(text)) {
    throw new TypeError('a name of at most 64 letters, digits, dots, dashes and underscores');
  }
  return text;
}

/** An address, perhaps with the length of its network or an IPv4 mask; or a name, which may have `*` and `?` in it. */
function isClient(text: string): boolean {
  const [address = '', network, ...rest] = text.split('/');
  // The zone of a link-local address says something on one machine only, and no server reads it.
  const family = address.includes('%') ? 0 : isIP(address);
  if (network === undefined) {
    return family !== 0 || /^(\*|@?[\w.*?[\]-]+)$/.test(text);
  }
  const isLength = /^\d{1,3}$/.test(network) && Number(network) <= (family === 4 ? 32 : 128);
  return (
    rest.length === 0 &&
    family !== 0 &&
    (isLength || (family === 4 && isIP(network) === 4 && lengthOf(network) !== undefined))
  );
}

const hasControlCharacter = (text: string): boolean =>
  [...text].some((character) => character < ' ' || character === '\x7f');
