import type { CheckedClass } from './check.ts';
import type { RunOptions } from './run.ts';
import type { Wanted } from './trial.ts';

/** How a class of agents tells and changes the state of a resource. */
export interface StateActions {
  /** Asks for the state, and what the codes of the answer mean; others mean nothing that can be relied on. */
  readonly ask: { readonly action: string; readonly options?: RunOptions };
  readonly codes: Readonly<Record<number, Wanted>>;
  /** Actions that lead from one state to another. */
  readonly ways: Readonly<Record<Wanted, Readonly<Record<Wanted, readonly string[]>>>>;
}

const NO_ROLES: StateActions['ways'] = {
  stopped: { stopped: [], started: ['start'], promoted: [] },
  started: { stopped: ['stop'], started: [], promoted: [] },
  promoted: { stopped: ['stop'], started: [], promoted: [] },
};

export const STATE_ACTIONS: Readonly<Record<CheckedClass, StateActions>> = {
  ocf: {
    // A probe: it is the only one that every agent must be able to answer in any state [OCF-1.1 monitor].
    ask: { action: 'monitor', options: { intervalMs: 0 } },
    // Degraded is running [OCF-1.1 exit status 190 and 191].
    codes: { 0: 'started', 7: 'stopped', 8: 'promoted', 190: 'started', 191: 'promoted' },
    ways: {
      stopped: { stopped: [], started: ['start'], promoted: ['start', 'promote'] },
      started: { stopped: ['stop'], started: [], promoted: ['promote'] },
      promoted: { stopped: ['demote', 'stop'], started: ['demote'], promoted: [] },
    },
  },
  // [LSB 22.2 status]
  lsb: { ask: { action: 'status' }, codes: { 0: 'started', 3: 'stopped' }, ways: NO_ROLES },
  systemd: { ask: { action: 'status' }, codes: { 0: 'started', 7: 'stopped' }, ways: NO_ROLES },
  // They have no state.
  alert: { ask: { action: '' }, codes: {}, ways: NO_ROLES },
};
