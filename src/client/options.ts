import type { Secret } from '../errors/secret.ts';
import type { CertificateSources } from '../transport/certificate-set.ts';
import type { ClientEvent } from './events.ts';

/** How long a controller waits for a reply, in ms, as the C library does [protocol 2.4]. */
export const REQUEST_TIMEOUT_MS = 10_000;

export interface ConnectOptions {
  /** Name or address of the daemon. */
  readonly host: string;
  /** Default 3121. */
  readonly port?: number;
  /** The pre-shared key; either this or certificates. */
  readonly key?: Secret;
  /** Our certificate and the CAs that we trust, as paths or as PEM in memory; either these or a key. */
  readonly certificates?: CertificateSources;
  /** What the daemon shall call us; default `pacemaker-remote-HOST:PORT`, as the C library does. */
  readonly name?: string;
  /** We can serve local tools, as a cluster's controller does; default false. */
  readonly isIpcProvider?: boolean;
  /** Protocol version to announce; default 1.2. */
  readonly protocolVersion?: string;
  /** GnuTLS priority string; default `NORMAL`. */
  readonly priorities?: string;
  /** For connecting and for each reply, in ms; default 10,000. */
  readonly timeoutMs?: number;
  /** Gives up connecting. */
  readonly signal?: AbortSignal;
  /** Called for every event from the very first: what comes right behind the registration is before any `events()`. */
  readonly onEvent?: (event: ClientEvent) => void;
}

/** What matters once there is a connection. */
export type RegisterOptions = Pick<
  ConnectOptions,
  'isIpcProvider' | 'protocolVersion' | 'timeoutMs' | 'onEvent'
> & { readonly name: string };

/** For one request. */
export interface CallOptions {
  /** Gives up waiting: ABORTED, or REQUEST_TIMEOUT for one of `AbortSignal.timeout`. What was asked may be done all the same. */
  readonly signal?: AbortSignal;
}

/** An event of the cluster that an alert agent is to be told of. */
export interface AlertRequest {
  readonly id: string;
  /** Absolute path of the agent, where the daemon is. */
  readonly path: string;
  /** Milliseconds; default 0: no limit. */
  readonly timeoutMs?: number;
  /** What the agent finds in its environment. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** What is to be executed. */
export interface ExecRequest {
  readonly rscId: string;
  readonly action: string;
  /** Milliseconds between two runs; default 0: once. */
  readonly intervalMs?: number;
  /** Milliseconds; default 0: no limit. */
  readonly timeoutMs?: number;
  /** Milliseconds before the first run; default 0. */
  readonly startDelayMs?: number;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Comes back with the result. */
  readonly userData?: string;
  /** Nobody else hears of the result; default false. */
  readonly origOnly?: boolean;
  /** Of a recurring operation only results that differ from the last one; default false. */
  readonly changesOnly?: boolean;
}

/** What the daemon said when we registered. */
export interface DaemonInfo {
  readonly clientId: string;
  readonly protocolVersion: string;
  /** Seconds; undefined for daemons before 2.1.6. */
  readonly uptimeSeconds: number | undefined;
  readonly nodeStartState: string | undefined;
}
