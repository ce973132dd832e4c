import type { Clock } from '../../observe/clock.ts';
import type { RunEvent } from '../result.ts';

/** Where a reporter's text goes; what it gets is in order, and may end in the middle of a line. */
export type Write = (text: string) => void;

/** How much of it is shown to people: what is wrong alone, every check in a line, or every action too. */
export type Detail = 'quiet' | 'normal' | 'verbose';

/** How results are to be shown. */
export interface View {
  /** SHOULD counts as MUST does. */
  readonly strict: boolean;
  readonly detail: Detail;
  /** Whether colours may be used; of the human view alone. */
  readonly colours: boolean;
  /** The width of the terminal that the text goes to, in columns, asked for each time; undefined: no terminal. */
  readonly columns?: () => number;
  readonly clock: Clock;
  /** Folder that paths are given from in annotations, `GITHUB_WORKSPACE`; undefined: they are absolute. */
  readonly workspace?: string;
}

/** Turns what happens into one format. Everything secret is masked before it gets here. */
export interface Reporter {
  take(event: RunEvent): void;
  /** The run is over, in whatever way; nothing is written any more. */
  close(): void;
}
