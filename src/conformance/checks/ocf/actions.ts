import type { Check } from '../../check.ts';

export const ACTIONS_CHECKS: readonly Check[] = [];
