const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['msec', 1],
  ['us', 0.001],
  ['usec', 0.001],
  ['', 1000],
  ['s', 1000],
  ['sec', 1000],
  ['m', 60_000],
  ['min', 60_000],
  ['h', 3_600_000],
  ['hr', 3_600_000],
]);

const DURATION = /^\s*(-?\d+)\s*([a-z]*)\s*$/i;

/** A time as Pacemaker writes it, in ms; a bare number is seconds [pcmk crm_get_msec]. Undefined if it is none. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text);
  const unit = UNITS_MS.get((match?.[2] ?? '?').toLowerCase());
  if (match?.[1] === undefined || unit === undefined) {
    return undefined;
  }
  return Math.trunc(Number.parseInt(match[1], 10) * unit);
}
