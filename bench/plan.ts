/** How much of everything is done. The budgets are meant for the full plan. */
export interface Plan {
  readonly startRuns: number;
  readonly settleMs: number;
  readonly burstOperations: number;
  readonly afterBurstMs: number;
  /** Then once more, after so much longer; 0: left out. A collector that runs every 30 s has run by then. */
  readonly muchLaterMs: number;
  readonly execRounds: number;
  readonly execOperations: number;
  /** One blocking request per 88 ms with the C daemon, so fewer. */
  readonly execOperationsDeployed: number;
  readonly parallelRounds: number;
  readonly parallelOperations: number;
  /** 0: left out. The C daemon does 11 per second. */
  readonly parallelOperationsDeployed: number;
  readonly monitors: number;
  readonly monitorSeconds: number;
  readonly stormRounds: number;
  readonly stormClients: number;
  readonly toolRounds: number;
  /** Of each tool; twenty times as many queries on one connection, a tenth with the large configuration. */
  readonly toolCalls: number;
  /** Of each command of `bundlet`. */
  readonly commandCalls: number;
  readonly agentRounds: number;
  /** So long one monitor is repeated. */
  readonly agentSeconds: number;
}

export const FULL: Plan = {
  startRuns: 20,
  settleMs: 15_000,
  burstOperations: 10_000,
  afterBurstMs: 15_000,
  muchLaterMs: 30_000,
  execRounds: 3,
  execOperations: 500,
  execOperationsDeployed: 150,
  parallelRounds: 3,
  parallelOperations: 3000,
  parallelOperationsDeployed: 200,
  monitors: 500,
  monitorSeconds: 30,
  stormRounds: 5,
  stormClients: 200,
  toolRounds: 3,
  toolCalls: 100,
  commandCalls: 50,
  agentRounds: 3,
  agentSeconds: 20,
};

export const QUICK: Plan = {
  startRuns: 5,
  settleMs: 1500,
  burstOperations: 1000,
  afterBurstMs: 3000,
  muchLaterMs: 0,
  execRounds: 1,
  execOperations: 200,
  execOperationsDeployed: 20,
  parallelRounds: 1,
  parallelOperations: 500,
  parallelOperationsDeployed: 0,
  monitors: 500,
  monitorSeconds: 8,
  stormRounds: 1,
  stormClients: 200,
  toolRounds: 1,
  toolCalls: 50,
  commandCalls: 10,
  agentRounds: 1,
  agentSeconds: 5,
};
