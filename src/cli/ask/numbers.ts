import { usageError } from '../exit-status.ts';

/** Reads an option that is a whole number from 0 on. */
export const wholeNumber =
  (option: string) =>
  (text: string): number => {
    if (!/^\d{1,9}$/.test(text)) {
      throw usageError(`Expected ${option} to be a whole number, got "${text}"`);
    }
    return Number(text);
  };

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  '': 1000,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};

/** Reads an option that is a time: seconds, or with a unit. */
export const milliseconds =
  (option: string) =>
  (text: string): number => {
    const [, digits, unit = ''] = /^(\d{1,9})(ms|s|m|min|h)?$/.exec(text) ?? [];
    if (digits === undefined) {
      throw usageError(`Expected ${option} to be a time such as 30, 500ms or 2min, got "${text}"`);
    }
    return Number(digits) * (UNITS_MS[unit] ?? 1000);
  };
