import type { CheckResult } from './result.ts';
import type { Run } from './run.ts';
import type { Subject } from './subject.ts';

/** How all checks of a run are carried out. */
export interface RunSettings {
  readonly seed: number;
  /** Times what the metadata declares, for slow machines. Default: 1. */
  readonly timeoutFactor: number;
  /** The machine's own cluster tools in place of fakes. */
  readonly live: boolean;
  /** In place: what a check has brought about is left there, for people to look at. Default: false. */
  readonly keep?: boolean;
  /** What stands in front of `--only ID` in the command that repeats a check. */
  readonly command: string;
}

/** One check to be carried out, as it goes to where that happens. JSON. */
export interface Job {
  readonly subject: Subject;
  readonly check: string;
  readonly settings: RunSettings;
  /** When it is given up, whatever it does; the check then has failed. */
  readonly limitMs: number;
}

/**
 * Carries out one check in a place of its own: a sandbox, this machine, or a daemon far away. Resolves always, at the latest some seconds
 * after the job's limit, and leaves nothing behind.
 */
export interface JobRunner {
  /** How many may go on at once here; 1 where they would be in each other's way. */
  readonly limit: number;
  run(job: Job, onRun: (run: Run) => void, signal: AbortSignal): Promise<CheckResult>;
}
