import type { OperationRequest, Report, ResourceSnapshot } from '../executor/report.ts';
import type { Log } from '../observe/log.ts';
import type { InitStatus, PeerStatus, SoloStatus } from './model.ts';

/** An action that somebody asks for by hand. */
export type HandRequest = Pick<OperationRequest, 'rscId' | 'action' | 'timeoutMs' | 'parameters'>;

/** What the control room knows of the daemon around it: each a question that is answered at once. */
export interface DaemonView {
  readonly startedAtMs: number;
  readonly authentication: 'key' | 'certificates';
  readonly ocfRoot: string;
  readonly log: Pick<Log, 'level'>;
  /** Undefined before it listens. */
  listening(): { readonly addresses: readonly string[]; readonly port: number } | undefined;
  isStopping(): boolean;
  resources(): readonly ResourceSnapshot[];
  peers(): readonly PeerStatus[];
  /** Queues an action; false if there is no such resource. */
  runByHand(request: HandRequest, onReport: (report: Report) => void): boolean;
  init(): InitStatus | undefined;
  solo(): SoloStatus | undefined;
}
