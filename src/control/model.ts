/** The messages of `control.proto` as objects; what they mean stands there. The CLI shows the same as JSON. */

export interface DaemonStatus {
  readonly version: string;
  readonly pid: number;
  readonly startedAtMs: number;
  readonly uptimeMs: number;
  readonly addresses: readonly string[];
  readonly port: number;
  readonly state: string;
  readonly logLevel: string;
  readonly memoryBytes: number;
  readonly authentication: string;
  readonly keyFingerprint?: string;
  readonly protocolVersion: string;
}

export interface RecurringStatus {
  readonly action: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly rc?: number;
  readonly lastAtMs?: number;
}

export interface RunningStatus {
  readonly action: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly callId: number;
  readonly startedAtMs: number;
}

/** What is known of a resource's state; `blocked` is solo's alone. */
export const RESOURCE_STATES = [
  'unknown',
  'stopped',
  'starting',
  'running',
  'promoted',
  'stopping',
  'failed',
  'blocked',
] as const;
export type ResourceState = (typeof RESOURCE_STATES)[number];

export interface ResourceStatus {
  readonly id: string;
  readonly class: string;
  readonly provider?: string;
  readonly type: string;
  readonly state: ResourceState;
  readonly sinceMs: number;
  readonly recurring: readonly RecurringStatus[];
  readonly running: readonly RunningStatus[];
  readonly lastFailure?: Run;
  readonly failures: number;
  readonly restarts: number;
  readonly queued: number;
}

export interface PeerStatus {
  readonly address: string;
  readonly name?: string;
  readonly isProvider: boolean;
  readonly sinceMs: number;
}

export interface InitStatus {
  readonly pid: number;
  readonly reapedOrphans: number;
  readonly daemonRestarts: number;
}

export interface SoloStatus {
  readonly file: string;
  readonly state: string;
  readonly resource: string;
  readonly failCount: number;
  readonly migrationThreshold: number;
  readonly reason?: string;
}

export interface Status {
  readonly daemon: DaemonStatus;
  readonly resources: readonly ResourceStatus[];
  readonly peers: readonly PeerStatus[];
  readonly init?: InitStatus;
  readonly solo?: SoloStatus;
}

export interface HungProcessInfo {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
  readonly waitsIn?: string;
  readonly command: string;
}

export interface Hang {
  readonly processes: readonly HungProcessInfo[];
  readonly isCut: boolean;
  readonly lastLines: readonly string[];
}

export interface Run {
  readonly resource: string;
  readonly action: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly callId: number;
  readonly rc: number;
  readonly status: string;
  readonly isFailure: boolean;
  readonly exitReason?: string;
  readonly output?: string;
  readonly startedAtMs: number;
  readonly execMs: number;
  readonly queueMs: number;
  readonly latenessMs: number;
  readonly repeats: number;
  readonly hang?: Hang;
  readonly cpuMs?: number;
  readonly maxRssKb?: number;
  readonly agent: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface History {
  readonly runs: readonly Run[];
}

export const PROBES = ['livez', 'readyz', 'healthz'] as const;
export type Probe = (typeof PROBES)[number];

export type CheckResult = 'ok' | 'warning' | 'failed';

export interface Check {
  readonly name: string;
  readonly result: CheckResult;
  readonly text: string;
  readonly remedy?: string;
}

export interface Checks {
  readonly checks: readonly Check[];
}

export interface Health extends Checks {
  readonly probe: Probe;
  readonly isHealthy: boolean;
}

export interface Metrics {
  readonly text: string;
}

export interface ControlEvent {
  readonly atMs: number;
  readonly name: string;
  readonly level: string;
  readonly text: string;
  /** JSON of the event's own fields. */
  readonly fields: string;
}

export interface ExecResult {
  readonly run: Run;
  readonly trace?: string;
}

export interface LogLevelStatus {
  readonly level: string;
}

export interface Failure {
  readonly code: string;
  readonly message: string;
}

export interface HistoryRequest {
  readonly resource?: string;
  readonly limit: number;
  readonly failuresOnly: boolean;
}

export interface WatchRequest {
  readonly backlog: number;
  readonly resource?: string;
  readonly level: string;
  readonly follow: boolean;
}

export interface ExecAsk {
  readonly resource: string;
  readonly action: string;
  readonly timeoutMs: number;
  readonly parameters: Readonly<Record<string, string>>;
  readonly trace: boolean;
  readonly force: boolean;
}

/** Every request by its name; the answer of the same name. */
export interface RequestBodies {
  readonly status: Readonly<Record<never, never>>;
  readonly history: HistoryRequest;
  readonly health: { readonly probe: Probe };
  readonly metrics: Readonly<Record<never, never>>;
  readonly watch: WatchRequest;
  readonly exec: ExecAsk;
  readonly logLevel: { readonly level?: string };
  readonly end: Readonly<Record<never, never>>;
  readonly checks: Readonly<Record<never, never>>;
}

export interface ResponseBodies {
  readonly failure: Failure;
  readonly status: Status;
  readonly history: History;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly event: ControlEvent;
  readonly exec: ExecResult;
  readonly logLevel: LogLevelStatus;
  readonly ended: Readonly<Record<never, never>>;
  readonly checks: Checks;
}

/** One of them, by its name. */
export type OneOf<Bodies> = {
  [Name in keyof Bodies]: { readonly kind: Name; readonly body: Bodies[Name] };
}[keyof Bodies];

export interface Request {
  readonly id: number;
  /** Undefined: one that this version does not know. */
  readonly content: OneOf<RequestBodies> | undefined;
}

export interface Response {
  readonly id: number;
  readonly last: boolean;
  readonly content: OneOf<ResponseBodies> | undefined;
}
