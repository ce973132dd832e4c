import { common, origOnly, sameForAll } from './check-audience.ts';
import { lists, replies } from './check-replies.ts';
import {
  afterReply,
  beforeReply,
  cancelledOneShots,
  deleted,
  inOrder,
  names,
  once,
  runsOnce,
} from './check-results.ts';
import { alone, changes, gone, intervals, outcomes, runsTold, turns } from './check-runs.ts';
import type { History } from './history.ts';
import { meaningOf } from './operations.ts';
import type { Rule } from './rule.ts';

/** By name, so that a fault tells the rule that found it. */
const RULES: Readonly<Record<string, Rule>> = {
  replies,
  lists,
  names,
  once,
  runsOnce,
  afterReply,
  beforeReply,
  cancelledOneShots,
  deleted,
  inOrder,
  alone,
  turns,
  intervals,
  gone,
  outcomes,
  runsTold,
  changes,
  origOnly,
  common,
  sameForAll,
};

export const ruleNames: readonly string[] = Object.keys(RULES);

/** Every fault of a history, as `RULE: what is wrong`; none when all is well. */
export function faultsIn(history: History): string[] {
  const meaning = meaningOf(history.asked);
  return Object.entries(RULES).flatMap(([name, rule]) =>
    rule(history, meaning).map((fault) => `${name}: ${fault}`),
  );
}
