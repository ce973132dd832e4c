import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Programs of other people that tests run, and Debian's packages that have them. */
const PACKAGES = {
  apache2: 'apache2',
  memcached: 'memcached',
  'ganesha.nfsd': 'nfs-ganesha nfs-ganesha-vfs nfs-ganesha-mem',
  'nfs-cp': 'libnfs-utils',
  'ocf-tester': 'resource-agents',
  'redis-server': 'redis-server',
  rpcbind: 'rpcbind',
  xmllint: 'libxml2-utils',
} as const;

const PLACES = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * Why tests that run these programs can't run here, for `titled`; undefined if they can. With `CI` in the environment nothing
 * is skipped: what is missing then fails.
 */
export function whyWithout(...programs: readonly (keyof typeof PACKAGES)[]): string | undefined {
  const missing = programs.filter((name) => !PLACES.some((place) => existsSync(join(place, name))));
  if (missing.length === 0 || process.env['CI'] !== undefined) {
    return undefined;
  }
  const packages = missing.map((name) => PACKAGES[name]).join(' ');
  return `${missing.join(', ')} missing, apt-get install --no-install-recommends ${packages}`;
}
