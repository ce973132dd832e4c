import type { Check } from '../../check.ts';

export const MIGRATION_CHECKS: readonly Check[] = [];
