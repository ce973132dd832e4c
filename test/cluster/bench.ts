import type { AgentLogs } from './agent-logs.ts';
import type { Agent } from './agents.ts';
import type { HttpdBundle } from './bundle.ts';
import type { ClusterLog } from './cluster-log.ts';
import type { Figures } from './figures.ts';
import type { Testbed } from './testbed.ts';

/** All that a step works with. */
export interface Bench {
  readonly agent: Agent;
  readonly repository: string;
  readonly testbed: Testbed;
  readonly bundle: HttpdBundle;
  readonly agentLogs: AgentLogs;
  readonly figures: Figures;
  readonly signal: AbortSignal;
  /** The cluster's log; there is one once the cluster is up. */
  log(): ClusterLog;
  /** Counts checks that were made elsewhere. */
  count(passed: number, failed: number): void;
}

/**
 * What has to be there before a step: the cluster; and in it Apache's bundle, the bundles for the local tools, those of the
 * example images.
 */
export type Need = 'nothing' | 'cluster' | 'bundle' | 'tools' | 'web' | 'nfs';

export interface Step {
  readonly name: string;
  readonly needs: Need;
  /** What is there once it has run: it runs for the steps that need this, even if it was not asked for. */
  readonly provides?: Need;
  /** Other agents leave it out. */
  readonly agent?: Agent['name'];
  run(bench: Bench): Promise<void>;
}

/** Throws what was expected when it does not hold. */
export function expect(holds: boolean, expected: string): void {
  if (!holds) {
    throw new Error(`Expected ${expected}`);
  }
}
