import type { Check } from '../check.ts';
import { ACTIONS_CHECKS } from './ocf/actions.ts';
import { CONCURRENCY_CHECKS } from './ocf/concurrency.ts';
import { FAILURES_CHECKS } from './ocf/failures.ts';
import { INSTALLATION_CHECKS } from './ocf/installation.ts';
import { LEFTOVERS_CHECKS } from './ocf/leftovers.ts';
import { LEVELS_CHECKS } from './ocf/levels.ts';
import { METADATA_CHECKS } from './ocf/metadata.ts';
import { MIGRATION_CHECKS } from './ocf/migration.ts';
import { NOTIFICATIONS_CHECKS } from './ocf/notifications.ts';
import { PARAMETERS_CHECKS } from './ocf/parameters.ts';
import { PROMOTION_CHECKS } from './ocf/promotion.ts';
import { STATIC_CHECKS } from './ocf/static.ts';
import { TIMES_CHECKS } from './ocf/times.ts';

/** Of resource agents of class ocf. */
export const OCF_CHECKS: readonly Check[] = [
  ...METADATA_CHECKS,
  ...STATIC_CHECKS,
  ...PARAMETERS_CHECKS,
  ...ACTIONS_CHECKS,
  ...FAILURES_CHECKS,
  ...INSTALLATION_CHECKS,
  ...CONCURRENCY_CHECKS,
  ...LEFTOVERS_CHECKS,
  ...TIMES_CHECKS,
  ...PROMOTION_CHECKS,
  ...NOTIFICATIONS_CHECKS,
  ...MIGRATION_CHECKS,
  ...LEVELS_CHECKS,
];
