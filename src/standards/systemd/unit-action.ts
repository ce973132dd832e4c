import { AgentError, messageOf } from '../../errors/agent-error.ts';
import type { Clock } from '../../observe/clock.ts';
import { emit } from '../../observe/events.ts';
import type { Action } from '../action.ts';
import { systemdMetadata } from '../metadata.ts';
import { type ActionResult, OCF, pendingResult, plainResult, STATUS, stillPendingResult } from '../result.ts';
import { removeDropIn, writeDropIn } from './drop-in.ts';
import { failureResult, noSuchUnit } from './failures.ts';
import { LOST, runJob } from './job.ts';
import type { JobVerb, SystemdManager } from './manager.ts';
import type { SystemBus } from './system-bus.ts';
import { instanceName, isUnitName, unitName } from './unit-name.ts';
import { pause } from './waiting.ts';

export interface UnitTools {
  readonly bus: SystemBus;
  readonly clock: Clock;
  /** Where drop-ins are written. */
  readonly dropInDirectory: string;
}

const RUNNING: ReadonlySet<string> = new Set(['active', 'reloading', 'refreshing']);
const CHANGING: ReadonlySet<string> = new Set(['activating', 'deactivating']);

/** Between two looks at a unit that a probe found changing, in ms at most [protocol 5.13]. */
const LOOK_AGAIN_MS = 2000;

/** One action on one unit, until its result or its signal [protocol 5.13]. */
export class UnitAction {
  readonly #action: Action;
  readonly #tools: UnitTools;
  readonly #signal: AbortSignal;
  readonly #name: string;
  readonly #unit: string;

  constructor(action: Action, tools: UnitTools, signal: AbortSignal) {
    this.#action = action;
    this.#tools = tools;
    this.#signal = signal;
    this.#name = action.name.toLowerCase();
    this.#unit = this.#name === 'meta-data' ? instanceName(action.rsc.type) : unitName(action.rsc.type);
  }

  /** @throws AgentError ABORTED when the signal ended it */
  async perform(): Promise<ActionResult> {
    if (!isUnitName(this.#unit)) {
      return noSuchUnit(this.#action, this.#unit);
    }
    switch (this.#name) {
      case 'start':
      case 'stop':
      case 'restart':
      case 'reload':
        return this.#orFailure((manager) => this.#change(manager, this.#name as JobVerb));
      case 'monitor':
      case 'status':
        return this.#action.intervalMs === 0 ? this.#probe() : this.#look();
      case 'meta-data':
        return this.#orFailure((manager) => this.#describe(manager));
      default: {
        const reason = `Action ${this.#action.name} not implemented for systemd resources`;
        return plainResult(OCF.unimplemented, STATUS.error, reason);
      }
    }
  }

  /** What the bus or systemd refuses is a result, too. */
  async #orFailure(step: (manager: SystemdManager) => Promise<ActionResult>): Promise<ActionResult> {
    try {
      return await step(await this.#tools.bus.manager(this.#signal));
    } catch (error) {
      if (this.#signal.aborted) {
        throw error;
      }
      return failureResult(error, this.#action, this.#unit);
    }
  }

  async #change(manager: SystemdManager, verb: JobVerb): Promise<ActionResult> {
    const path = await manager.loadUnit(this.#unit, this.#signal);
    if (verb !== 'stop') {
      const loadState = await manager.unitProperty(path, 'LoadState', this.#signal);
      // systemd would say so as well, but only after a drop-in was written for a unit that isn't there.
      if (loadState === 'not-found') {
        return noSuchUnit(this.#action, this.#unit);
      }
    }
    if (verb === 'start' || verb === 'stop') {
      await this.#dropIn(manager, verb);
    }
    const tools = { manager, clock: this.#tools.clock, signal: this.#signal };
    const result = await runJob(verb, this.#unit, tools);
    return this.#jobResult(verb, result === LOST ? await this.#guess(manager, verb) : result);
  }

  /** A unit runs as well without its drop-in: only the bus's end is a failure. */
  async #dropIn(manager: SystemdManager, verb: 'start' | 'stop'): Promise<void> {
    const { bus, dropInDirectory } = this.#tools;
    try {
      if (verb === 'start') {
        await writeDropIn(dropInDirectory, this.#unit);
      } else if (!(await removeDropIn(dropInDirectory, this.#unit))) {
        return;
      }
      // Awaited, or systemd might start the unit before it has read the drop-in.
      await bus.daemonReload(manager, this.#signal);
    } catch (error) {
      const isOver = error instanceof AgentError && error.code !== 'BUS_CALL_FAILED';
      if (isOver) {
        throw error;
      }
      emit('systemd.drop-in-failed', {
        rsc: this.#action.rsc.id,
        unit: this.#unit,
        problem: messageOf(error),
      });
    }
  }

  #jobResult(verb: JobVerb, result: string): ActionResult {
    switch (result) {
      case 'done':
        return plainResult(OCF.ok, STATUS.done);
      case 'timeout':
        return plainResult(OCF.error, STATUS.timedOut, `systemd ${verb} job for ${this.#unit} timed out`);
      default: {
        const reason = `systemd ${verb} job for ${this.#unit} failed with result '${result}'`;
        return plainResult(OCF.error, STATUS.error, reason);
      }
    }
  }

  /** How a job went whose end nobody told, by what became of the unit. */
  async #guess(manager: SystemdManager, verb: JobVerb): Promise<string> {
    const state = await this.#activeState(manager);
    return RUNNING.has(state) === (verb !== 'stop') ? 'done' : 'failed';
  }

  async #activeState(manager: SystemdManager): Promise<string> {
    const path = await manager.loadUnit(this.#unit, this.#signal);
    return manager.unitProperty(path, 'ActiveState', this.#signal);
  }

  #look(): Promise<ActionResult> {
    return this.#orFailure(async (manager) => {
      const state = await this.#activeState(manager);
      if (RUNNING.has(state)) {
        return plainResult(OCF.ok, STATUS.done);
      }
      return CHANGING.has(state) ? pendingResult() : plainResult(OCF.notRunning, STATUS.done, state);
    });
  }

  /** A probe wants to know what a unit becomes, so it looks again until it is known [protocol 5.13]. */
  async #probe(): Promise<ActionResult> {
    const { clock } = this.#tools;
    const { timeoutMs } = this.#action;
    const endMs = timeoutMs > 0 ? clock.nowMs() + timeoutMs : Number.POSITIVE_INFINITY;
    const delayMs = timeoutMs > 0 ? Math.min(LOOK_AGAIN_MS, timeoutMs / 10) : LOOK_AGAIN_MS;
    for (;;) {
      const result = await this.#look();
      if (result.status !== STATUS.pending) {
        return result;
      }
      const leftMs = endMs - clock.nowMs();
      if (leftMs <= 0) {
        return stillPendingResult();
      }
      await pause(leftMs < delayMs ? Math.max(1, leftMs / 2) : delayMs, clock, this.#signal);
    }
  }

  async #describe(manager: SystemdManager): Promise<ActionResult> {
    const path = await manager.loadUnit(this.#unit, this.#signal);
    if ((await manager.unitProperty(path, 'LoadState', this.#signal)) === 'not-found') {
      return noSuchUnit(this.#action, this.#unit);
    }
    const description = await manager.unitProperty(path, 'Description', this.#signal);
    return {
      ...plainResult(OCF.ok, STATUS.done),
      output: systemdMetadata(this.#action.rsc.type, description),
    };
  }
}
