import type { ActionResult } from './result.ts';

/** A resource as a controller registers it. */
export interface ResourceSpec {
  readonly id: string;
  /** `ocf`, `lsb`, `systemd`, `service`, `stonith`; any case. */
  readonly class: string;
  readonly provider?: string;
  readonly type: string;
}

/** One run of an action of a resource's agent. */
export interface Action {
  readonly rsc: ResourceSpec;
  /** As the controller wrote it: `start`, `monitor`, … */
  readonly name: string;
  readonly intervalMs: number;
  /** Milliseconds; 0 or less means no limit. */
  readonly timeoutMs: number;
  readonly parameters: ReadonlyMap<string, string>;
  /** Of the request, for the log. */
  readonly callId?: number;
}

/** An action on its way. */
export interface RunningAction {
  /** Kills what runs and gives the output so far; `onEnd` is still called once it is gone. */
  kill(): string | undefined;
}

/** How actions run. One implementation for all classes; `onEnd` is called exactly once, never before `run` returns. */
export interface ActionRunner {
  run(action: Action, onEnd: (result: ActionResult) => void): RunningAction;
  /**
   * Whether an action of this resource still runs that an earlier daemon began. If so `onFree` is called once none
   * does any more; until then nothing may run beside it.
   */
  waitForInherited?(rscId: string, onFree: () => void): boolean;
}
