import type { Subject } from './subject.ts';
import type { Trial } from './trial.ts';

/**
 * `must`: the standard says so, or a cluster is certain to be damaged otherwise. `should`: everything else; failures of it change the
 * exit status only with `--strict`.
 */
export type Level = 'must' | 'should';

/** What a check needs beside calling actions. Where a place can't give it the check is skipped, and says why. */
export type Ability =
  /** To see and signal the processes of the agent and its service. */
  | 'processes'
  /** To vary the environment, arguments, working directory and standard input of an action. */
  | 'environment'
  /** To see what the agent leaves in files, sockets, mounts and shared memory. */
  | 'traces'
  /** Root file system and network that belong to this check alone: programs are hidden, disks filled, files broken. */
  | 'private'
  /** To run an action as another user. */
  | 'users';

/** The classes of agents that can be checked. */
export type CheckedClass = 'ocf' | 'lsb' | 'systemd' | 'alert';

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
