import type {
  Checks,
  ControlEvent,
  ExecAsk,
  ExecResult,
  Health,
  History,
  HistoryRequest,
  LogLevelStatus,
  Metrics,
  Probe,
  Status,
  WatchRequest,
} from './model.ts';

/** Events on their way to somebody. */
export interface Watch {
  /** Those of before that were asked for. */
  readonly before: readonly ControlEvent[];
  stop(): void;
}

/**
 * What can be asked of a daemon: the same by its socket, through TCP port 3121, and by HTTP as far as that goes. Errors are
 * `AgentError`s; who carries them over makes a `Failure` of them.
 */
export interface ControlApi {
  status(): Status;
  /** @throws AgentError NO_SUCH_RESOURCE */
  history(request: HistoryRequest): History;
  health(probe: Probe): Health;
  checks(): Promise<Checks>;
  metrics(): Metrics;
  watch(request: WatchRequest, onEvent: (event: ControlEvent) => void): Watch;
  /** Rejects with AgentError NO_SUCH_RESOURCE, FORCE_NEEDED. */
  exec(ask: ExecAsk): Promise<ExecResult>;
  /** @throws AgentError CONFIG_INVALID */
  logLevel(level: string | undefined): LogLevelStatus;
}
