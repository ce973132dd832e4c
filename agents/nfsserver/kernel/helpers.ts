import { AgentFailure, OCF, type ProcessFacts, terminate } from '../../kit/index.ts';
import { findHelpers, type HelperName } from '../helper-processes.ts';
import type { NfsContext } from '../parameters.ts';
import { runOrFail } from './programs.ts';

/** How they are ended. */
const STEPS = [
  { signal: 'SIGTERM', waitMs: 2000 },
  { signal: 'SIGKILL', waitMs: 2000 },
] as const;

/** Why one of them can't do its work; undefined if they all can. */
export function faultOf(names: readonly HelperName[], running: readonly ProcessFacts[]): string | undefined {
  const faults = names.flatMap((name) => {
    const found = running.filter(({ comm }) => comm === name);
    if (found.length === 0) {
      return [`${name} does not run`];
    }
    return found.every(({ state }) => state === 'T' || state === 't') ? [`${name} was stopped`] : [];
  });
  return faults.length === 0 ? undefined : faults.join(', ');
}

/**
 * Starts one that puts itself into the background.
 * @throws AgentFailure ERR_INSTALLED, ERR_GENERIC
 */
export async function startHelper(
  context: NfsContext,
  name: HelperName,
  args: readonly string[],
): Promise<void> {
  await runOrFail(context, name, args);
  await context.waitFor(
    `Expected ${name} to run after its start, got no such process: see the system's log`,
    async () => ((await findHelpers([name])).length > 0 ? true : undefined),
    5000,
  );
}

/**
 * Ends them, at first kindly.
 * @throws AgentFailure ERR_GENERIC if one survives it
 */
export async function endHelpers(context: NfsContext, names: readonly HelperName[]): Promise<void> {
  const left = await terminate(context, { find: () => findHelpers(names), steps: STEPS });
  if (left.length > 0) {
    const pids = left.map(({ pid }) => pid).join(', ');
    const reason = `Expected ${names.join(', ')} to end, got no end of ${pids} after SIGKILL: see what the kernel waits for in /proc/PID/stack`;
    throw new AgentFailure(OCF.ERR_GENERIC, reason);
  }
}
