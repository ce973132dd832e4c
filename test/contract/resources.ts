import type { RscFields } from '../../src/client/index.ts';
import { controller } from './steps.ts';

/** The controller of most cases. */
export const main = controller('main');

/** Another one. */
export const other = controller('other');

/** Does what its parameter `sh` says. */
export const ACTOR: RscFields = { id: 'actor', class: 'ocf', provider: 'contract', type: 'actor' };

/** Runs or not by a file; tells of every action in `/run/contract/actions`. */
export const STATE: RscFields = { id: 'state', class: 'ocf', provider: 'contract', type: 'state' };

export const DUMMY: RscFields = { id: 'test_rsc', class: 'ocf', provider: 'pacemaker', type: 'Dummy' };
