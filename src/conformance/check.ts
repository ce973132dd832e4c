import type { Ability, CheckedClass, Level } from './kinds.ts';
import type { Subject } from './subject.ts';
import type { Trial } from './trial.ts';

export type { Ability, CheckedClass, Level } from './kinds.ts';

/** One rule that agents are held to, with the way to find out. Never changes: state lives in the trial. */
export interface Check {
  /** As in `docs/conformance/checks.md`: `ACT-03`. Ids are never used again for something else. */
  readonly id: string;
  readonly class: CheckedClass;
  readonly level: Level;
  /** The rule in one line, as a statement that is true of a good agent: `stop of a stopped resource gives 0`. */
  readonly title: string;
  /** Why agents are held to it: what a cluster does otherwise. One to three sentences. */
  readonly why: string;
  /** Clause of the standard, function of Pacemaker, or what was seen. */
  readonly source: string;
  /** What the agent's author does about a failure. */
  readonly remedy: string;
  readonly needs: readonly Ability[];
  /** Who is PID 1 where it runs: `none` reaps nobody's children. Default: `reaps`. */
  readonly init?: 'reaps' | 'none';
  /** Why this agent need not be held to it, or undefined. Looks only at what is known before anything runs. */
  skip?(subject: Subject): string | undefined;
  /**
   * Finds out. Comes back when everything is said through the trial; the resource may be left in any state, and processes may run: what is left
   * is cleaned up, or goes with the sandbox. What it throws beside the trial's own is a fault of the check, not of the agent.
   */
  run(trial: Trial): Promise<void>;
}
