import type { Check } from '../check.ts';
import { SETTING_CHECKS } from './systemd/settings.ts';
import { STATE_CHECKS } from './systemd/states.ts';

/** Of units that a cluster starts and stops, SD-01 to SD-10. */
export const SYSTEMD_CHECKS: readonly Check[] = [...SETTING_CHECKS, ...STATE_CHECKS].toSorted((one, other) =>
  one.id.localeCompare(other.id),
);
