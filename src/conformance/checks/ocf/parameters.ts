import type { Check } from '../../check.ts';
import { ODD_VALUE_CHECKS } from './parameters/odd-values.ts';
import { SURROUNDING_CHECKS } from './parameters/surroundings.ts';
import { VALIDATION_CHECKS } from './parameters/validation.ts';

/** What an agent is called with: PAR-01 and so on, in the order of their numbers. */
export const PARAMETERS_CHECKS: readonly Check[] = [
  ...VALIDATION_CHECKS,
  ...ODD_VALUE_CHECKS,
  ...SURROUNDING_CHECKS,
].toSorted((one, other) => one.id.localeCompare(other.id));
