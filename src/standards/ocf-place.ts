import { stat } from 'node:fs';
import { join } from 'node:path';
import type { YieldingAgents } from '../process/own-place.ts';

/** Where OCF agents lie. */
export interface OcfPlaces {
  /** Where OCF lives; agents lie in `resource.d/PROVIDER/TYPE` below it. Default of the product: `/usr/lib/ocf`. */
  readonly root: string;
  /** Those of our own that are used where the system has none of their name. Default: none. */
  readonly yielding?: YieldingAgents;
}

/**
 * Finds the file of an agent. Of all names but those few of ours that are somebody else's the place is known at once;
 * for these the system is asked first, because what is installed there wins.
 */
export function placeOf(
  { root, yielding }: OcfPlaces,
  provider: string,
  type: string,
): string | Promise<string> {
  const usual = join(root, 'resource.d', provider, type);
  if (yielding?.names.has(`${provider}/${type}`) !== true) {
    return usual;
  }
  return new Promise((resolve) => {
    stat(usual, (error) => {
      const isMissing = error !== null && ['ENOENT', 'ENOTDIR'].includes(error.code ?? '');
      resolve(isMissing ? join(yielding.folder, provider, type) : usual);
    });
  });
}
