import type { Agent, Timing } from './agent.ts';
import { parseDuration } from './values.ts';

/** What is kept back of an action's time to tell why it failed: a tenth, at most a second. */
const RESERVE_SHARE = 0.1;
const RESERVE_MAX_MS = 1000;

const DEFAULT_LIMIT = '20s';

/** The longest that a timer of Node takes; longer ones would be over at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** How long an action has, all in milliseconds. */
export interface TimeLimit {
  /** From its start to the executor's SIGKILL. */
  readonly allMs: number;
  /** For the agent's own work: what is left is to tell a reason. */
  readonly workMs: number;
  /** Until it is over, whatever the agent does: in the middle of the rest, so that the agent's own reason comes first. */
  readonly guardMs: number;
}

/** What Pacemaker gives an action [protocol 5.12, CRM_meta_timeout], else what the agent declares. */
export function timeLimit(agent: Agent, action: string, env: Readonly<Record<string, string>>): TimeLimit {
  const given = Number(env['OCF_RESKEY_CRM_meta_timeout'] ?? '');
  const allMs = Math.min(given > 0 ? given : declaredMs(agent, action), LONGEST_TIMER_MS);
  const reserveMs = Math.min(allMs * RESERVE_SHARE, RESERVE_MAX_MS);
  return { allMs, workMs: allMs - reserveMs, guardMs: allMs - reserveMs / 2 };
}

function declaredMs(agent: Agent, action: string): number {
  if (action === 'validate-all') {
    return parseDuration(agent.validateTimeout ?? DEFAULT_LIMIT);
  }
  const name = action === 'status' ? 'monitor' : action;
  const timings: readonly Timing[] =
    Object.entries(agent.actions).find(([each]) => each === name)?.[1]?.timings ?? [];
  return parseDuration(timings[0]?.timeout ?? DEFAULT_LIMIT);
}
