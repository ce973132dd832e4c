import type { Check } from '../../check.ts';

export const PARAMETERS_CHECKS: readonly Check[] = [];
