import type { Clock } from '../../observe/clock.ts';
import { emit } from '../../observe/events.ts';
import { busUnavailable } from './failures.ts';
import type { OpenManager, SystemdManager } from './manager.ts';
import { abortable } from './waiting.ts';

/** How long opening a connection may take, in ms. */
const CONNECT_LIMIT_MS = 5000;

/** The one connection to systemd, opened by the first operation that needs it and again after it went. */
export class SystemBus {
  readonly #openManager: OpenManager;
  readonly #clock: Clock;
  #manager: Promise<SystemdManager> | undefined;
  /** systemd was there once: where it is missing now it is on its way back. */
  #wasThere = false;
  #reload: Promise<void> | undefined;
  #nextReload: Promise<void> | undefined;

  constructor(openManager: OpenManager, clock: Clock) {
    this.#openManager = openManager;
    this.#clock = clock;
  }

  /** @throws AgentError BUS_UNAVAILABLE, ABORTED */
  manager(signal: AbortSignal): Promise<SystemdManager> {
    this.#manager ??= this.#open();
    return abortable(this.#manager, signal);
  }

  /**
   * A daemon reload that begins after this call; callers that come while one runs share the next, because a systemd with
   * many units takes its time and newer ones refuse too many [systemd-system.conf(5): ReloadLimitBurst].
   */
  daemonReload(manager: SystemdManager, signal: AbortSignal): Promise<void> {
    const begin = (): Promise<void> => {
      this.#nextReload = undefined;
      // Not the caller's signal: others may wait for it as well. The call has its own limit.
      const reload = manager.daemonReload(new AbortController().signal);
      const forget = (): void => {
        if (this.#reload === reload) {
          this.#reload = undefined;
        }
      };
      this.#reload = reload;
      reload.then(forget, forget);
      return reload;
    };
    if (this.#reload === undefined) {
      return abortable(begin(), signal);
    }
    this.#nextReload ??= this.#reload.then(begin, begin);
    return abortable(this.#nextReload, signal);
  }

  /** Closes the connection if there is one. */
  async close(): Promise<void> {
    const manager = await this.#manager?.catch(() => undefined);
    manager?.close();
  }

  async #open(): Promise<SystemdManager> {
    const limit = new AbortController();
    const timer = this.#clock.setTimer(CONNECT_LIMIT_MS, () => limit.abort());
    try {
      const manager = await this.#openManager(limit.signal, this.#wasThere);
      this.#wasThere = true;
      emit('systemd.connected');
      manager.onClosed(() => {
        this.#manager = undefined;
        emit('systemd.disconnected');
      });
      return manager;
    } catch (error) {
      this.#manager = undefined;
      throw limit.signal.aborted ? busUnavailable(`The bus said nothing for ${CONNECT_LIMIT_MS} ms`) : error;
    } finally {
      timer.cancel();
    }
  }
}
