import type { Check } from '../../check.ts';

export const FAILURES_CHECKS: readonly Check[] = [];
