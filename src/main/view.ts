import type { DaemonOptions } from '../config/options.ts';
import type { DaemonView, HandRequest } from '../control/daemon-view.ts';
import type { InitStatus, PeerStatus, SoloStatus } from '../control/model.ts';
import type { Report, ResourceSnapshot } from '../executor/report.ts';
import type { Log } from '../observe/log.ts';
import type { Hub } from '../session/hub.ts';
import type { InitCounts } from './init-counts.ts';

/** The daemon as the room `control` sees it; parts of it are there later than the view. */
export class View implements DaemonView {
  readonly startedAtMs = Date.now() - Math.round(process.uptime() * 1000);
  readonly authentication: DaemonView['authentication'];
  readonly ocfRoot: string;
  readonly log: Pick<Log, 'level'>;
  readonly #hub: Hub;
  readonly #init: InitCounts;
  /** Set when it listens. */
  server: { readonly addresses: readonly string[]; readonly port: number } | undefined;
  /** Set in solo mode. */
  soloStatus: (() => SoloStatus) | undefined;

  constructor(options: DaemonOptions, log: Log, hub: Hub, init: InitCounts) {
    this.authentication = options.certificates === undefined ? 'key' : 'certificates';
    this.ocfRoot = options.ocfRoot;
    this.log = log;
    this.#hub = hub;
    this.#init = init;
  }

  listening(): { readonly addresses: readonly string[]; readonly port: number } | undefined {
    return this.server;
  }

  isStopping(): boolean {
    return this.#hub.isStopping;
  }

  resources(): readonly ResourceSnapshot[] {
    return this.#hub.resources();
  }

  peers(): readonly PeerStatus[] {
    return this.#hub.peers();
  }

  runByHand(request: HandRequest, onReport: (report: Report) => void): boolean {
    return this.#hub.runByHand(request, onReport);
  }

  init(): InitStatus | undefined {
    return this.#init.read();
  }

  solo(): SoloStatus | undefined {
    return this.soloStatus?.();
  }
}
