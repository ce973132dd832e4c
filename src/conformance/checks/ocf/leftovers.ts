import type { Check } from '../../check.ts';

export const LEFTOVERS_CHECKS: readonly Check[] = [];
