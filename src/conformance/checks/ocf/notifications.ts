import type { Check } from '../../check.ts';

export const NOTIFICATIONS_CHECKS: readonly Check[] = [];
