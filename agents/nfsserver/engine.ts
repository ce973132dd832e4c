import type { AgentFailure } from '../kit/index.ts';
import type { NfsContext } from './parameters.ts';

/** What an engine found of its server, without asking over the network. */
export type ServerState =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'running' }
  /** Part of it is there, or all of it but not able to work. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Where the health check finds a server, and what it must have there. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** Versions that must be answered; the other ones of 3 and 4 must be refused. */
  readonly versions: readonly (3 | 4)[];
  readonly exports: readonly ExportPoint[];
}

/** One export as the health check sees it. */
export interface ExportPoint {
  /** Absolute path in NFSv4's tree. */
  readonly pseudo: string;
  /** By which NFSv3 mounts it; undefined where only a configuration of somebody else tells. */
  readonly path?: string;
  readonly isWritable: boolean;
  /** Uid and gid with which it is opened. Default: 0 and 0. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** An NFS server that the agent can run: the kernel's, or Ganesha. Engines have no state: all is in the context. */
export interface Engine {
  readonly name: 'kernel' | 'ganesha';
  /**
   * Whether the server can run: what the parameters say together; and, where the context may look at the host, what the
   * host has.
   * @throws AgentFailure 6, 5, 2 or 4 with what is missing: module, mount, capability, program, file system
   */
  validate(context: NfsContext): Promise<void>;
  /**
   * Starts the server, and all that it needs; returns when it takes calls. Is called only when `state` is not `running`.
   * What is left of a failed start is for `stop`.
   */
  start(context: NfsContext): Promise<void>;
  /**
   * Why the server that was just started, and failed its first check, has ended; undefined if it runs. An engine whose
   * server can't end by itself has none.
   */
  whyEnded?(context: NfsContext): Promise<AgentFailure | undefined>;
  /** Processes and threads; no network. Cheap: it is part of every monitor. */
  state(context: NfsContext): Promise<ServerState>;
  /**
   * Leaves nothing running and nothing mounted, whatever was there.
   * @throws AgentFailure only if something really remains
   */
  stop(context: NfsContext): Promise<void>;
  /** Makes changed export parameters effective in a running server, without a restart. */
  reload(context: NfsContext): Promise<void>;
  endpoint(context: NfsContext): Endpoint;
}
