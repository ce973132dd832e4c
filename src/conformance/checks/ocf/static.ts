import type { Check } from '../../check.ts';
import { PITFALL_CHECKS } from './static/pitfalls.ts';
import { TRACE_CHECKS } from './static/traced.ts';

/** The program of an agent, as it is written and as it runs: STAT-01 and so on. META-14 is of the same kind. */
export const STATIC_CHECKS: readonly Check[] = [...TRACE_CHECKS, ...PITFALL_CHECKS];
