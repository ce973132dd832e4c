import type { Action, ActionRunner, RunningAction } from '../action.ts';
import { type ActionResult, OCF, plainResult, STATUS } from '../result.ts';
import { UnitAction, type UnitTools } from './unit-action.ts';
import { agentName, instanceName, isUnitName } from './unit-name.ts';
import { abortable } from './waiting.ts';

/** After its timeout an operation waits so much longer for what systemd itself says of it, in ms [protocol 5.13]. */
const GRACE_MS = 5000;

/** How long a look at the units may take, in ms. */
const LOOK_LIMIT_MS = 20_000;

/** Runs resources of class systemd: units, over the system bus [protocol 5.13]. */
export class SystemdRunner implements ActionRunner {
  readonly #tools: UnitTools;

  constructor(tools: UnitTools) {
    this.#tools = tools;
  }

  run(action: Action, onEnd: (result: ActionResult) => void): RunningAction {
    const stop = new AbortController();
    const { clock } = this.#tools;
    const limitMs = action.timeoutMs + GRACE_MS;
    const timer = action.timeoutMs > 0 ? clock.setTimer(limitMs, () => stop.abort('late')) : undefined;
    // Whatever it waits for, files too: at its limit it's over.
    abortable(new UnitAction(action, this.#tools, stop.signal).perform(), stop.signal)
      .catch((error: unknown) => {
        if (!stop.signal.aborted) {
          throw error;
        }
        return stop.signal.reason === 'late' ? late(action) : plainResult(OCF.error, STATUS.cancelled);
      })
      .then((result) => {
        timer?.cancel();
        onEnd(result);
      });
    return {
      // What systemd was asked for goes on; only its answer is of no interest any more [protocol 5.7].
      kill: () => {
        stop.abort('killed');
        return undefined;
      },
    };
  }

  /** Whether there is such a unit; false where there is no systemd [protocol 5.13, existence]. */
  async exists(agent: string): Promise<boolean> {
    const unit = instanceName(agent);
    if (!isUnitName(unit)) {
      return false;
    }
    try {
      const loadState = await this.#withLimit(async (signal) => {
        const manager = await this.#tools.bus.manager(signal);
        return manager.unitProperty(await manager.loadUnit(unit, signal), 'LoadState', signal);
      });
      return loadState === 'loaded' || loadState === 'masked';
    } catch {
      // No bus, or no such name: whoever runs it gets the reason.
      return false;
    }
  }

  /**
   * Names of the units that can be resources, sorted: services without their suffix, other kinds with it.
   * @throws AgentError BUS_UNAVAILABLE, BUS_CALL_FAILED
   */
  async agents(): Promise<readonly string[]> {
    const units = await this.#withLimit(async (signal) => {
      const manager = await this.#tools.bus.manager(signal);
      return [...(await manager.listUnitFiles(signal)), ...(await manager.listUnits(signal))];
    });
    return [...new Set(units.map(agentName).filter((name) => name !== undefined))].sort();
  }

  async #withLimit<T>(look: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const limit = new AbortController();
    const timer = this.#tools.clock.setTimer(LOOK_LIMIT_MS, () => limit.abort());
    try {
      return await look(limit.signal);
    } finally {
      timer.cancel();
    }
  }
}

function late({ name, rsc }: Action): ActionResult {
  const reason = `${name} of systemd unit ${rsc.type} did not end within its timeout and ${GRACE_MS / 1000} s more`;
  return plainResult(OCF.error, STATUS.timedOut, reason);
}
