import type { Expected, Pattern } from '../model.ts';

export type Kept = ReadonlyMap<string, number | string>;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Whether a value is what was expected. */
export function matches(expected: Expected, value: unknown, kept: Kept): boolean {
  if (expected instanceof RegExp) {
    return typeof value === 'string' && expected.test(value);
  }
  if (!isObject(expected)) {
    return Object.is(value, expected);
  }
  if ('ref' in expected && typeof expected['ref'] === 'string') {
    return value === kept.get(expected['ref']);
  }
  if ('atLeast' in expected || 'atMost' in expected) {
    return typeof value === 'number' && isInRange(expected, value);
  }
  return (
    isObject(value) && Object.entries(expected).every(([name, part]) => matches(part, value[name], kept))
  );
}

function isInRange(range: Readonly<Record<string, unknown>>, value: number): boolean {
  const { atLeast, atMost } = range;
  return (typeof atLeast !== 'number' || value >= atLeast) && (typeof atMost !== 'number' || value <= atMost);
}

/** A pattern for people. */
export function show(pattern: Expected | Pattern): string {
  return JSON.stringify(pattern, (_name, value: unknown) => {
    if (value instanceof RegExp) {
      return String(value);
    }
    return value === undefined ? '(absent)' : value;
  });
}
