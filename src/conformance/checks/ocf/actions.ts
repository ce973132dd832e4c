import type { Check } from '../../check.ts';
import { ANSWER_CHECKS } from './actions/answers.ts';
import { OUTPUT_CHECKS } from './actions/output.ts';
import { RELOAD_CHECKS } from './actions/reload.ts';
import { STATE_CHECKS } from './actions/states.ts';

/** What actions do and answer when nothing is broken: ACT-01 and so on, in the order of their numbers. */
export const ACTIONS_CHECKS: readonly Check[] = [
  ...STATE_CHECKS,
  ...ANSWER_CHECKS,
  ...OUTPUT_CHECKS,
  ...RELOAD_CHECKS,
].toSorted((one, other) => one.id.localeCompare(other.id));
