import type { Check } from '../check.ts';

/** Of init scripts. */
export const LSB_CHECKS: readonly Check[] = [];
