import type { ResourceSpec } from '../standards/action.ts';
import type { ActionResult } from '../standards/result.ts';
import type { State } from './operation.states.ts';

/** What a controller asked to be executed [protocol 4.5]. */
export interface OperationRequest {
  readonly rscId: string;
  readonly action: string;
  /** Milliseconds; 0 runs once. */
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Milliseconds before the first run, counted from queueing. */
  readonly startDelayMs: number;
  readonly userData?: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** Report only to the connection that asked. */
  readonly origOnly: boolean;
  /** Report a recurring result only when it differs from the last one reported. */
  readonly changesOnly: boolean;
  /** The connection that asked. */
  readonly origin: string;
  readonly callId: number;
}

/** The times of a result as they go on the wire [protocol 5.5]. */
export interface Times {
  /** Epoch seconds of the first run's start; 0 for later runs and for operations that never ran. */
  readonly runTime: number;
  /** Epoch seconds when the result last changed; 0 if it never did. */
  readonly rcChangeTime: number;
  readonly execTimeMs: number;
  readonly queueTimeMs: number;
}

/** A result to be told to controllers. */
export interface Report {
  readonly request: OperationRequest;
  readonly callId: number;
  readonly userData?: string;
  readonly rc: number;
  readonly status: number;
  /** There is no resource of that id any more when it is told. */
  readonly rscDeleted: boolean;
  readonly exitReason?: string;
  readonly output?: string;
  readonly times: Times;
}

/** A result as its operation tells it, which doesn't know what became of its resource. */
export type OperationReport = Omit<Report, 'rscDeleted'>;

/** An operation whose agent runs now. */
export interface RunStart {
  readonly rsc: ResourceSpec;
  readonly request: OperationRequest;
  /** A merged operation speaks with that of the newer request. */
  readonly callId: number;
  /** 1 for the first. */
  readonly run: number;
}

/** One run of an operation, as it was. */
export interface RunEnd extends Omit<RunStart, 'run'> {
  readonly result: ActionResult;
  /** The same result as the one told last. */
  readonly isRepeated: boolean;
  /** With parts of a millisecond; 0 if it never had its turn. */
  readonly execTimeMs: number;
  /** From the request to the first run; 0 for later ones. */
  readonly queueTimeMs: number;
  /** How much later than its interval a recurring operation ran. */
  readonly latenessMs: number;
}

/** Who keeps count of what runs. Called while the operation is in the middle of things: it must not ask for anything. */
export interface RunObserver {
  began(start: RunStart): void;
  ended(end: RunEnd): void;
  /** It is over, and whatever ran of it was killed. */
  cancelled(operation: Omit<RunStart, 'run'>): void;
}

/** Where the operations of a resource are now. */
export interface ResourceSnapshot {
  readonly spec: ResourceSpec;
  readonly operations: readonly OperationSnapshot[];
}

export interface OperationSnapshot {
  readonly request: OperationRequest;
  readonly callId: number;
  readonly state: State;
}
