import type { Check } from '../../check.ts';

export const PROMOTION_CHECKS: readonly Check[] = [];
