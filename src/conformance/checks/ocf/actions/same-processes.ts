import type { SeenProcess } from '../../../place.ts';
import { isSame, type ServiceWatch } from '../../../service-watch.ts';

/** Helpers of a start that still run after it end within this, in ms. */
const HELPERS_LIMIT_MS = 3000;

/**
 * Which of these processes of the service have ended, of those that do not end by themselves. To tell these it is started anew where any is
 * missing: look at everything else before.
 */
export async function missingAfter(
  watch: ServiceWatch,
  before: readonly SeenProcess[],
): Promise<readonly SeenProcess[]> {
  const now = await watch.live();
  const missing = before.filter((process) => !now.some((seen) => isSame(seen, process)));
  if (missing.length === 0) {
    return [];
  }
  const lasting = await lastingCommands(watch);
  return missing.filter(({ command }) => lasting.has(command));
}

/** Command lines of what a start brings up for good. */
async function lastingCommands(watch: ServiceWatch): Promise<ReadonlySet<string>> {
  const { mains } = await watch.startAnew();
  let lasting = mains;
  await watch.trial.until(async () => {
    const live = await watch.live();
    lasting = mains.filter((main) => live.some((seen) => isSame(seen, main)));
    return lasting.length === 0;
  }, HELPERS_LIMIT_MS);
  return new Set(lasting.map(({ command }) => command));
}
