import { VERSION } from '../config/version.ts';
import { AgentError } from '../errors/agent-error.ts';
import { LOG_LEVELS } from '../observe/events.ts';
import { PROTOCOL_VERSION } from '../protocol/register.ts';
import type { ControlApi, Watch } from './control-api.ts';
import type { DaemonView } from './daemon-view.ts';
import { healthOf } from './health.ts';
import { KeyWatch } from './key-watch.ts';
import { metricsText } from './metrics.ts';
import {
  type Checks,
  type ControlEvent,
  type ExecAsk,
  type ExecResult,
  type Health,
  type History,
  type HistoryRequest,
  type LogLevelStatus,
  type Metrics,
  PROBES,
  type Probe,
  type ResourceStatus,
  type Status,
  type WatchRequest,
} from './model.ts';
import { noSuchResource } from './no-such-resource.ts';
import type { Recorder } from './record/recorder.ts';

/** Answers for the daemon that it is in. What is asked for rarely is loaded then. */
export class DaemonControl implements ControlApi {
  readonly #view: DaemonView;
  readonly #recorder: Recorder;
  readonly #keys = new KeyWatch();

  /** To be made before keys are looked for. */
  constructor(view: DaemonView, recorder: Recorder) {
    this.#view = view;
    this.#recorder = recorder;
  }

  status(): Status {
    const view = this.#view;
    const init = view.init();
    const solo = view.solo();
    return {
      daemon: this.#daemon(),
      resources: this.#resources(),
      peers: view.peers(),
      ...(init === undefined ? {} : { init }),
      ...(solo === undefined ? {} : { solo }),
    };
  }

  history(request: HistoryRequest): History {
    const { resource } = request;
    const known = this.#view.resources().map(({ spec }) => spec.id);
    if (resource !== undefined && !known.includes(resource) && this.#recorder.find(resource) === undefined) {
      throw noSuchResource(resource, known);
    }
    return { runs: this.#recorder.history(request) };
  }

  health(probe: Probe): Health {
    return healthOf(probe, { view: this.#view, keys: this.#keys, resources: this.#resources() });
  }

  async checks(): Promise<Checks> {
    const { selfChecks } = await import('./self-checks.ts');
    return { checks: await selfChecks(this.#view, this.#keys) };
  }

  metrics(): Metrics {
    const { user, system } = process.cpuUsage();
    const facts = {
      status: this.status(),
      health: PROBES.map((probe) => this.health(probe)),
      counters: this.#recorder.counters,
      connections: this.#recorder.connections,
      isKeyUsable: this.#keys.problem === undefined,
      cpuSeconds: (user + system) / 1_000_000,
    };
    return { text: metricsText(facts) };
  }

  watch(request: WatchRequest, onEvent: (event: ControlEvent) => void): Watch {
    const { events } = this.#recorder;
    const before = events.before(request);
    return { before, stop: request.follow ? events.follow(request, onEvent) : () => undefined };
  }

  async exec(ask: ExecAsk): Promise<ExecResult> {
    const { runByHand } = await import('./by-hand.ts');
    return runByHand(ask, this.#view, this.#recorder);
  }

  logLevel(level: string | undefined): LogLevelStatus {
    const { log } = this.#view;
    if (level !== undefined) {
      const found = LOG_LEVELS.find((one) => one === level);
      if (found === undefined) {
        throw new AgentError(
          'CONFIG_INVALID',
          `Expected a level of ${LOG_LEVELS.join(', ')}, got "${level}"`,
        );
      }
      log.level = found;
    }
    return { level: log.level };
  }

  #resources(): readonly ResourceStatus[] {
    const solo = this.#view.solo();
    return this.#view.resources().map((one) => {
      const status = this.#recorder.statusOf(one);
      const isBlocked = solo?.resource === status.id && solo.state === 'blocked';
      return isBlocked ? { ...status, state: 'blocked' as const } : status;
    });
  }

  #daemon(): Status['daemon'] {
    const view = this.#view;
    const where = view.listening();
    const { fingerprint } = this.#keys;
    return {
      version: VERSION,
      pid: process.pid,
      startedAtMs: view.startedAtMs,
      uptimeMs: Date.now() - view.startedAtMs,
      addresses: where?.addresses ?? [],
      port: where?.port ?? 0,
      state: view.isStopping() ? 'stopping' : where === undefined ? 'starting' : 'running',
      logLevel: view.log.level,
      memoryBytes: process.memoryUsage.rss(),
      authentication: view.authentication,
      protocolVersion: PROTOCOL_VERSION,
      ...(fingerprint === undefined ? {} : { keyFingerprint: fingerprint }),
    };
  }
}
