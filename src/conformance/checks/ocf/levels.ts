import type { Check } from '../../check.ts';

export const LEVELS_CHECKS: readonly Check[] = [];
