import type { Place } from './place.ts';
import type { Finding } from './result.ts';
import type { Run, RunOptions } from './run.ts';
import type { Subject } from './subject.ts';

/** What an action must give. */
export interface Expectation {
  /** Codes that are right. */
  readonly rc: readonly number[];
  /** In what circumstances, for people: `stopped`, `right after start`. */
  readonly when: string;
}

/** States that a resource is brought into before a check looks at it. */
export type Wanted = 'stopped' | 'started' | 'promoted';

/** With what all actions are called that bring a resource to a state. */
export type ReachOptions = Pick<RunOptions, 'instance' | 'parameters' | 'meta' | 'env'>;

/** One check on its way: what it has at hand, and where it says what it found. */
export interface Trial {
  readonly subject: Subject;
  readonly place: Place;
  /** Of the run: `--seed`. For everything that is chosen by chance. */
  readonly random: () => number;
  /** Ends it all: the check's time is over. */
  readonly signal: AbortSignal;
  nowMs(): number;
  sleep(ms: number): Promise<void>;
  /** Calls the agent and waits for its end. Never rejects for what an agent does. */
  run(action: string, options?: RunOptions): Promise<Run>;
  /**
   * Brings an instance there and makes sure of it by the agent's own word. If that fails, the check ends as skipped: what failed is
   * another check's matter. A probe comes first: what is already there is not started again.
   */
  reach(wanted: Wanted, options?: ReachOptions): Promise<void>;
  /** Runs and judges in one: a wrong code is a finding. */
  expect(action: string, expectation: Expectation, options?: RunOptions): Promise<Run>;
  /** Judges what has run. @returns whether it was right */
  judge(run: Run, expectation: Expectation): boolean;
  /** Says what is wrong. The check goes on: one run shows as much as it can. */
  fail(finding: Omit<Finding, 'runs'>, ...runs: readonly Run[]): void;
  /** Something that people want to know and that is no fault: a figure, a choice. */
  note(text: string): void;
  /** Ends the check: it can't be told here. */
  skip(reason: string): never;
  /** Waits until the condition holds, looking every 20 ms at first, then rarer. @returns whether it came to hold in time */
  until(condition: () => Promise<boolean>, limitMs: number): Promise<boolean>;
}
