import type { Check } from '../../check.ts';

export const TIMES_CHECKS: readonly Check[] = [];
