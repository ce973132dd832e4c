import type { Clock } from '../observe/clock.ts';
import type { Caller } from './caller.ts';
import type { RunSettings } from './job.ts';
import type { Place } from './place.ts';
import type { Run } from './run.ts';
import type { Subject } from './subject.ts';

/** What a check is carried out with. */
export interface Parts {
  readonly subject: Subject;
  readonly settings: RunSettings;
  readonly place: Place;
  readonly caller: Caller;
  readonly clock: Clock;
  /** Told of each action when it has ended. */
  readonly onRun: (run: Run) => void;
}
