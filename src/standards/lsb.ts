import { resolve } from 'node:path';
import type { RunnerAccess } from '../process/runner.ts';
import type { Action, ActionRunner, RunningAction } from './action.ts';
import { AgentProcess, type AgentReading } from './agent-process.ts';
import { purposeOf } from './inherited.ts';
import { lookupFailure, processResult } from './process-result.ts';
import { type ActionResult, OCF } from './result.ts';

/** Where init scripts lie [LSB 5.0, 22.2]. */
export const LSB_DIRECTORY = '/etc/init.d';

export interface LsbOptions {
  /** The daemon's environment, without what belongs to our runtime. A script gets nothing else, no parameters. */
  readonly baseEnv: Readonly<Record<string, string>>;
  /** Default `/etc/init.d`. */
  readonly directory?: string;
}

/** Runs init scripts, class lsb [LSB 5.0 22.2, protocol 5.12]. */
export class LsbRunner implements ActionRunner {
  readonly #runner: RunnerAccess;
  readonly #baseEnv: Readonly<Record<string, string>>;
  readonly #directory: string;

  /** `runner` is asked for at each run, so that it may be loaded with the first one. */
  constructor(runner: RunnerAccess, options: LsbOptions) {
    this.#runner = runner;
    this.#baseEnv = options.baseEnv;
    this.#directory = options.directory ?? LSB_DIRECTORY;
  }

  run(action: Action, onEnd: (result: ActionResult) => void): RunningAction {
    const word = scriptAction(action.name);
    // A type that begins with a slash is a path already.
    const path = resolve(this.#directory, action.rsc.type);
    const reading: AgentReading = {
      ended: (exit, output) =>
        processResult(exit, output, {
          timeoutMs: action.timeoutMs,
          rcOf: word === 'status' ? statusRc : actionRc,
        }),
      notFound: (errno) => lookupFailure(path, errno),
    };
    const agent = new AgentProcess(this.#runner, reading, onEnd);
    agent.launch({
      path,
      args: [word],
      env: this.#baseEnv,
      timeoutMs: action.timeoutMs,
      // [protocol 5.8]: parameters do not reach the script, this one is the executor's.
      killScope: action.parameters.get('CRM_meta_on_fail') === 'block' ? 'process' : 'group',
      purpose: purposeOf(action),
    });
    return agent;
  }
}

/** Init scripts call a monitor `status`. */
function scriptAction(name: string): string {
  return ['monitor', 'status'].includes(name.toLowerCase()) ? 'status' : name;
}

/** What the exit of `status` means; 150 and 151 are Pacemaker's own [protocol 5.12, LSB result mapping]. */
function statusRc(code: number): number {
  switch (code) {
    case 0:
      return OCF.ok;
    case 1:
    case 2:
    case 3:
      return OCF.notRunning;
    case 150:
      return OCF.notInstalled;
    case 151:
      return OCF.insufficientPrivileges;
    default:
      return OCF.error;
  }
}

/** LSB and OCF agree on 0 to 7 for every other action. */
const actionRc = (code: number): number => (code >= 0 && code <= OCF.notRunning ? code : OCF.error);
