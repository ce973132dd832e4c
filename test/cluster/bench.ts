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

export interface Step {
  readonly name: string;
  /** What has to be there before: the cluster, or the bundle in it. */
  readonly needs: 'nothing' | 'cluster' | 'bundle';
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
