import type { Check } from '../check.ts';

/** Of alert agents. */
export const ALERT_CHECKS: readonly Check[] = [];
