import type { Check } from '../check.ts';

/** Of units. */
export const SYSTEMD_CHECKS: readonly Check[] = [];
