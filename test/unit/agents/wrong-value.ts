// What the authors of agents tell about the values of their parameters, in `wrong/NAME.ts`.

/** A value that is wrong by its meaning, not by its type. */
export interface WrongValue {
  readonly parameter: string;
  readonly value: string;
  /** Other parameters that it needs to be seen. */
  readonly beside?: Readonly<Record<string, string>>;
  /** Check level of `validate-all`: 10 to look at the machine. Default: 0. */
  readonly level?: 0 | 10;
  readonly code: 2 | 4 | 5 | 6;
  /** A part of the reason: what a person has to understand. */
  readonly reason: string | RegExp;
}

/** One agent's. */
export interface WrongValues {
  /** Parameters that make a good validation, at any level, on any machine. */
  readonly good: Readonly<Record<string, string>>;
  readonly wrong: readonly WrongValue[];
  /** Parameters of which no text is wrong, by name: why. */
  readonly anyText: Readonly<Record<string, string>>;
}
