/** A setting that deserves a line in the log, once there is one. */
export interface Note {
  readonly setting: string;
  readonly problem: string;
}

/** Where readers of options put their notes, in order. */
export type Notes = Note[];
