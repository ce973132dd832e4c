import { dirname, join } from 'node:path';
import { YIELDING_PROGRAMS } from './own-agents.ts';

/** `true` in the bundle that esbuild makes, not defined elsewhere. */
declare const BUNDLET_BUNDLED: boolean | undefined;

/** The folder of the daemon with all that belongs to it: `/usr/lib/bundlet` in an image, the built one in a checkout. */
export function ownFolder(): string {
  // esbuild drops the second branch with its `import.meta`, which CommonJS does not have.
  return typeof BUNDLET_BUNDLED !== 'undefined' && BUNDLET_BUNDLED
    ? dirname(__filename)
    : join(import.meta.dirname, '../../build/root/usr/lib/bundlet');
}

/** Agents that are used where the system has none of their name. */
export interface YieldingAgents {
  /** They lie in `PROVIDER/TYPE` below it. */
  readonly folder: string;
  /** `PROVIDER/TYPE` of each. */
  readonly names: ReadonlySet<string>;
}

/** Those of ours whose names belong to resource-agents. */
export const ownYieldingAgents = (): YieldingAgents => ({
  folder: join(ownFolder(), 'ocf/resource.d'),
  names: YIELDING_PROGRAMS,
});
