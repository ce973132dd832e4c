import type { Check } from '../../check.ts';
import { CLOCK_CHECKS } from './failures/clock.ts';
import { CRASH_CHECKS } from './failures/crashes.ts';
import { DAMAGE_CHECKS } from './failures/damage.ts';
import { INTERRUPTION_CHECKS } from './failures/interruptions.ts';
import { PID_FILE_CHECKS } from './failures/pid-file-faults.ts';
import { SURROUNDINGS_CHECKS } from './failures/surroundings.ts';

/** What goes wrong in the life of a service: FAIL-01 and so on, in the order of their numbers. */
export const FAILURES_CHECKS: readonly Check[] = [
  ...CRASH_CHECKS,
  ...PID_FILE_CHECKS,
  ...SURROUNDINGS_CHECKS,
  ...INTERRUPTION_CHECKS,
  ...DAMAGE_CHECKS,
  ...CLOCK_CHECKS,
].toSorted((one, other) => one.id.localeCompare(other.id));
