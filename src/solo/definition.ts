/** What Pacemaker does when an operation fails [pcmk op_defaults: on-fail]; those that need other nodes end the container here. */
export const ON_FAIL = [
  'ignore',
  'block',
  'stop',
  'restart',
  'demote',
  'standby',
  'fence',
  'restart-container',
] as const;
export type OnFail = (typeof ON_FAIL)[number];

/** An operation as the definition has it; times in milliseconds. */
export interface SoloOperation {
  readonly name: string;
  /** 0 for those that run once. */
  readonly intervalMs: number;
  /** Default: 20 s, as in a cluster. */
  readonly timeoutMs: number;
  readonly startDelayMs: number;
  /** Absent: what Pacemaker does by default. */
  readonly onFail?: OnFail;
  /** Of this operation alone, such as `OCF_CHECK_LEVEL`. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** What solo mode keeps running. */
export interface SoloDefinition {
  readonly id: string;
  readonly class: string;
  readonly provider?: string;
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** So many failures and no more; 0: any number. */
  readonly migrationThreshold: number;
  /** After so long without a failure earlier ones are forgotten, in ms; 0: never. */
  readonly failureTimeoutMs: number;
  /** A start that fails counts as all that may fail; default: true, as in a cluster. */
  readonly startFailureIsFatal: boolean;
  /** False: it is not started. */
  readonly isToRun: boolean;
  /** False: it is looked at, and neither started nor stopped. */
  readonly isManaged: boolean;
  readonly operations: readonly SoloOperation[];
  /** What of the definition has no effect here, for people. */
  readonly notes: readonly string[];
}

/** Where nobody says how long an operation may take, in ms [pcmk PCMK_DEFAULT_ACTION_TIMEOUT_MS]. */
export const DEFAULT_TIMEOUT_MS = 20_000;

/** The operation of a name that runs once, as it was defined or as Pacemaker would have it. */
export function oneShot({ operations }: SoloDefinition, name: string): SoloOperation {
  return (
    operations.find((one) => one.name === name && one.intervalMs === 0) ?? {
      name,
      intervalMs: 0,
      timeoutMs: DEFAULT_TIMEOUT_MS,
      startDelayMs: 0,
      parameters: new Map(),
    }
  );
}

/** Monitors that repeat themselves. */
export const monitorsOf = ({ operations }: SoloDefinition): readonly SoloOperation[] =>
  operations.filter(({ intervalMs }) => intervalMs > 0);
