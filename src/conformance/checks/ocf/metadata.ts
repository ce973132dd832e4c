import type { Check } from '../../check.ts';

export const METADATA_CHECKS: readonly Check[] = [];
