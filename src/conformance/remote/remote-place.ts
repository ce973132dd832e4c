import type { Ability } from '../kinds.ts';
import type { Place } from '../place.ts';

const beyond = (): Promise<never> =>
  Promise.reject(new Error('Expected an ability of the place, got a daemon: of that only actions are known'));

/** A daemon behind port 3121: actions can be called there, nothing else. */
export const REMOTE_PLACE: Place = {
  abilities: new Set<Ability>(),
  scratch: '',
  processes: beyond,
  signal: beyond,
  changedFiles: beyond,
  markFiles: beyond,
  traces: beyond,
  hide: beyond,
  restore: () => Promise.resolve(),
  fill: beyond,
  sh: beyond,
  bystander: beyond,
  toolCalls: beyond,
};
