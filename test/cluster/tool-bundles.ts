import type { Bench } from './bench.ts';
import { Guest } from './guest.ts';
import { until } from './wait.ts';

/** The bundles that the local tools are tried in, all up at the same time; each has a replica on each node. */
export const TOOLS_BUNDLE = 'tools-bundle';
export const SMALL_BUNDLE = 'small-bundle';
export const REDIS_BUNDLE = 'redis-bundle';

/** In the network of its host; it is there during its step only. */
export const HOST_BUNDLE = 'host-bundle';

export const guestsOf = ({ testbed }: Pick<Bench, 'testbed'>, bundle: string): readonly [Guest, Guest] => [
  new Guest(testbed, bundle, 0),
  new Guest(testbed, bundle, 1),
];

/** Whoever is promoted, and the other; waits until there are one of each, as a promotable bundle has them. */
export async function rolesOf(
  bench: Pick<Bench, 'testbed' | 'signal'>,
  bundle: string,
  seconds: number,
): Promise<{ readonly promoted: Guest; readonly unpromoted: Guest }> {
  const guests = guestsOf(bench, bundle);
  const what = `${bundle} to have one Promoted and one Unpromoted`;
  return until({ what, seconds, signal: bench.signal, stepMs: 200 }, async () => {
    const roles = await Promise.all(guests.map(async (guest) => (await guest.status())?.role));
    const promoted = guests[roles.indexOf('Promoted')];
    const unpromoted = guests[roles.indexOf('Unpromoted')];
    return promoted === undefined || unpromoted === undefined ? undefined : { promoted, unpromoted };
  });
}
