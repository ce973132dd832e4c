import type { Command, RunnerAccess } from '../process/runner.ts';
import type { Action, ActionRunner, RunningAction } from './action.ts';
import { AgentProcess, type AgentReading } from './agent-process.ts';
import { purposeOf } from './inherited.ts';
import { ocfEnvironment } from './ocf-environment.ts';
import { type OcfPlaces, placeOf } from './ocf-place.ts';
import { ocfLookupFailure, ocfProcessResult } from './process-result.ts';
import { type ActionResult, OCF, plainResult, STATUS } from './result.ts';
import { holdsSecrets, type SecretStore } from './secrets.ts';

export interface OcfOptions extends OcfPlaces {
  /** The daemon's environment, without what belongs to our runtime. */
  readonly baseEnv: Readonly<Record<string, string>>;
  /** Where `lrm://` values come from. */
  readonly secrets: SecretStore;
}

/** Runs agents of class ocf [OCF-1.1, protocol 5.12]. */
export class OcfRunner implements ActionRunner {
  readonly #runner: RunnerAccess;
  readonly #options: OcfOptions;

  /** `runner` is asked for at each run, so that it may be loaded with the first one. */
  constructor(runner: RunnerAccess, options: OcfOptions) {
    this.#runner = runner;
    this.#options = options;
  }

  run(action: Action, onEnd: (result: ActionResult) => void): RunningAction {
    const { provider = '', type } = action.rsc;
    if (!isPlainName(provider) || !isPlainName(type)) {
      queueMicrotask(() => onEnd(ocfLookupFailure(type, 'ENOENT')));
      return { kill: () => undefined };
    }
    const reading: AgentReading = {
      ended: (exit, output) => ocfProcessResult(exit, output, action.timeoutMs),
      notFound: (errno) => ocfLookupFailure(type, errno),
    };
    const agent = new AgentProcess(this.#runner, reading, onEnd);
    const place = placeOf(this.#options, provider, type);
    if (holdsSecrets(action.parameters)) {
      void this.#launchWithSecrets(action, agent, place);
    } else if (typeof place === 'string') {
      agent.launch(this.#command(action, place));
    } else {
      place.then((found) => agent.launch(this.#command(action, found)));
    }
    return agent;
  }

  /** Only the child sees the values; what is reported keeps `lrm://` [protocol 5.12, CIB secrets]. */
  async #launchWithSecrets(
    action: Action,
    agent: AgentProcess,
    place: string | Promise<string>,
  ): Promise<void> {
    const found = await this.#options.secrets.replace(action.rsc.id, action.parameters);
    const command = this.#command({ ...action, parameters: found.parameters }, await place);
    if (found.isComplete || action.name.toLowerCase() === 'stop') {
      agent.launch(command);
    } else {
      agent.refuse(
        command.path,
        plainResult(OCF.invalidParameter, STATUS.done, 'Unable to load CIB secrets'),
      );
    }
  }

  #command(action: Action, path: string): Command {
    const { root, baseEnv } = this.#options;
    return {
      path,
      args: [action.name],
      env: { ...baseEnv, ...ocfEnvironment(action, root) },
      timeoutMs: action.timeoutMs,
      // [protocol 5.8]: with on-fail=block the agent's children stay to be looked at.
      killScope: action.parameters.get('CRM_meta_on_fail') === 'block' ? 'process' : 'group',
      purpose: purposeOf(action),
    };
  }
}

/** A path in a name would reach programs that are not agents; names with a dot in front are hidden [OCF-1.1]. */
const isPlainName = (name: string): boolean => name !== '' && !name.includes('/') && !name.startsWith('.');
