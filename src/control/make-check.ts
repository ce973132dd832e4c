import type { Check, CheckResult } from './model.ts';

/** The result of one look, with what to do about it unless all is well. */
export const makeCheck = (name: string, result: CheckResult, text: string, remedy?: string): Check => ({
  name,
  result,
  text,
  ...(remedy === undefined || result === 'ok' ? {} : { remedy }),
});
