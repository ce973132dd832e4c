import { Executor } from '../../../src/executor/executor.ts';
import type { OperationRequest, Report } from '../../../src/executor/report.ts';
import type { Action, ActionRunner, RunningAction } from '../../../src/standards/action.ts';
import { type ActionResult, plainResult } from '../../../src/standards/result.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';

interface FakeRun {
  readonly action: Action;
  readonly end: (result: ActionResult) => void;
  isKilled: boolean;
}

/** Agents that end when the test says so. */
export class FakeRunner implements ActionRunner {
  /** What an earlier daemon left running. */
  waitForInherited: (rscId: string, onFree: () => void) => boolean = () => false;

  /** Every run ever begun, in order. */
  readonly runs: FakeRun[] = [];
  #living: FakeRun[] = [];

  run(action: Action, onEnd: (result: ActionResult) => void): RunningAction {
    const run: FakeRun = { action, end: onEnd, isKilled: false };
    this.runs.push(run);
    this.#living.push(run);
    return {
      kill: () => {
        run.isKilled = true;
        return 'output so far';
      },
    };
  }

  /** Names of the actions that run now. */
  get living(): string[] {
    return this.#living.map(({ action }) => `${action.rsc.id} ${action.name}`);
  }

  /** Ends the oldest agent that runs. */
  end(result: Partial<ActionResult> = {}): void {
    const run = this.#living.shift();
    if (run === undefined) {
      throw new Error('No agent runs');
    }
    const { rc = 0, status = 0 } = result;
    run.end({ ...plainResult(rc, status), ...result });
  }
}

export interface Kit {
  readonly clock: FakeClock;
  readonly runner: FakeRunner;
  readonly executor: Executor;
  readonly reports: Report[];
  /** Asks for an operation of resource `r1`. */
  exec(action: string, fields?: Partial<OperationRequest>): void;
  /** `action rc status` of each report since the last look. */
  told(): string[];
}

export function makeKit(): Kit {
  const clock = new FakeClock();
  const runner = new FakeRunner();
  const reports: Report[] = [];
  const executor = new Executor({ clock, runner }, (report) => reports.push(report));
  executor.register({ id: 'r1', class: 'ocf', provider: 'test', type: 'Fake' }, false);
  let callId = 0;
  let looked = 0;
  return {
    clock,
    runner,
    executor,
    reports,
    exec: (action, fields = {}) => {
      callId += 1;
      const base = { rscId: 'r1', action, intervalMs: 0, timeoutMs: 20_000, startDelayMs: 0 };
      const options = { parameters: new Map<string, string>(), origOnly: false, changesOnly: false };
      executor.exec({ ...base, ...options, origin: 'c1', callId, ...fields });
    },
    told: () => {
      const fresh = reports.slice(looked);
      looked = reports.length;
      return fresh.map((report) => `${report.request.action} ${report.rc} ${report.status}`);
    },
  };
}
