import type { Check } from '../../check.ts';

export const INSTALLATION_CHECKS: readonly Check[] = [];
