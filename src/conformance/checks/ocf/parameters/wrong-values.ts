import type { DeclaredParameter, ParameterSamples } from '../../../subject.ts';

/** Types of numbers; all but `integer` are older than OCF 1.1. */
const NUMBERS: ReadonlySet<string> = new Set(['integer', 'second', 'seconds', 'time', 'duration']);

/** Values that can't be right by the declaration, and those of which the agent's author says so. */
export function wrongValues(
  { type, options }: Pick<DeclaredParameter, 'type' | 'options'>,
  { invalid = [], valid = [] }: ParameterSamples = {},
): readonly string[] {
  const wrong = [...byType(type, options), ...invalid].filter((value) => !valid.includes(value));
  return [...new Set(wrong)];
}

/** Not an empty one, nor a negative number: many agents take the first for none, and the second may mean something. */
function byType(type: string, options: readonly string[]): readonly string[] {
  if (NUMBERS.has(type)) {
    return ['abc', '1x'];
  }
  switch (type) {
    case 'boolean':
      return ['maybe'];
    case 'select':
      return [`not-${options[0] ?? 'one'}`];
    default:
      return [];
  }
}
