import type { Check } from '../check.ts';
import { ANSWER_CHECKS } from './lsb/answers.ts';
import { FURTHER_CHECKS } from './lsb/further-actions.ts';
import { STATE_CHECKS } from './lsb/states.ts';
import { SURROUNDING_CHECKS } from './lsb/surroundings.ts';

/** Of init scripts [LSB 5.0, 22.2], LSB-01 to LSB-17. */
export const LSB_CHECKS: readonly Check[] = [
  ...STATE_CHECKS,
  ...FURTHER_CHECKS,
  ...ANSWER_CHECKS,
  ...SURROUNDING_CHECKS,
].toSorted((one, other) => one.id.localeCompare(other.id));
