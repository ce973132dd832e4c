const TRUE: ReadonlySet<string> = new Set(['yes', 'true', '1', 'ja', 'on', 'y', 't']);
const FALSE: ReadonlySet<string> = new Set(['no', 'false', '0', 'nein', 'off', 'n', 'f']);

const UNITS_MS: Readonly<Record<string, number>> = {
  us: 0.001,
  usec: 0.001,
  ms: 1,
  msec: 1,
  '': 1000,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  d: 86_400_000,
};

/**
 * The words of `ocf_is_true` for true and their opposites, in any case; what is neither is refused instead of being false.
 * @throws TypeError
 */
export function parseBoolean(text: string): boolean {
  const word = text.toLowerCase();
  if (TRUE.has(word)) {
    return true;
  }
  if (FALSE.has(word)) {
    return false;
  }
  throw new TypeError('a boolean such as yes or no');
}

/**
 * A whole number.
 * @throws TypeError
 */
export function parseInteger(
  text: string,
  min = Number.MIN_SAFE_INTEGER,
  max = Number.MAX_SAFE_INTEGER,
): number {
  const value = /^[+-]?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) {
    return value;
  }
  throw new TypeError(`a whole number${range(min, max)}`);
}

/**
 * Milliseconds of a length of time as Pacemaker writes it; without a unit: seconds.
 * @throws TypeError
 */
export function parseDuration(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,9})\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = UNITS_MS[unit.toLowerCase()];
  if (digits === '' || factor === undefined) {
    throw new TypeError('a length of time such as 10s, 500ms or 2min');
  }
  return Math.ceil(Number(digits) * factor);
}

function range(min: number, max: number): string {
  const from = min === Number.MIN_SAFE_INTEGER ? undefined : min;
  const to = max === Number.MAX_SAFE_INTEGER ? undefined : max;
  if (from !== undefined && to !== undefined) {
    return ` from ${from} to ${to}`;
  }
  return from !== undefined ? ` of at least ${from}` : to !== undefined ? ` of at most ${to}` : '';
}
