import type { Check } from '../check.ts';
import { EVENT_CHECKS } from './alert/events.ts';
import { SURROUNDING_CHECKS } from './alert/surroundings.ts';
import { VALUE_CHECKS } from './alert/values.ts';

/** Of alert agents, AL-01 to AL-13. */
export const ALERT_CHECKS: readonly Check[] = [
  ...EVENT_CHECKS,
  ...VALUE_CHECKS,
  ...SURROUNDING_CHECKS,
].toSorted((one, other) => one.id.localeCompare(other.id));
