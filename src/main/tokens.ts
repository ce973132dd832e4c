import type { InjectionToken } from 'tsyringe';
import type { ControlApi } from '../control/control-api.ts';
import type { Recorder } from '../control/record/recorder.ts';
import type { Clock } from '../observe/clock.ts';
import type { Log } from '../observe/log.ts';
import type { InheritedRun, RunnerAccess } from '../process/runner.ts';
import type { Hub } from '../session/hub.ts';
import type { ActionRunner } from '../standards/action.ts';
import type { Alerts } from '../standards/alert.ts';
import type { InheritedActions } from '../standards/inherited.ts';
import type { Authentication } from '../transport/authentication.ts';
import type { InitCounts } from './init-counts.ts';
import type { OwnAgents } from './own-agents.ts';
import type { View } from './view.ts';

/** Everything that is wired at the door; below it, plain constructors. */
export const TOKENS = {
  /** What agents inherit. */
  agentEnv: Symbol('agentEnv') as InjectionToken<Readonly<Record<string, string>>>,
  clock: Symbol('clock') as InjectionToken<Clock>,
  /** Runs programs; loaded when first asked for. */
  runner: Symbol('runner') as InjectionToken<RunnerAccess>,
  /** Our own agents, which may need no process. */
  ownAgents: Symbol('ownAgents') as InjectionToken<OwnAgents>,
  /** Programs that run already, of an earlier daemon. */
  inheritedRuns: Symbol('inheritedRuns') as InjectionToken<() => Promise<readonly InheritedRun[]>>,
  /** ... and what that means for resources. */
  inheritedActions: Symbol('inheritedActions') as InjectionToken<InheritedActions>,
  /** Runs actions of agents, by class. */
  actionRunner: Symbol('actionRunner') as InjectionToken<ActionRunner>,
  alerts: Symbol('alerts') as InjectionToken<Alerts>,
  /** Who is let in: by key, or by certificates, which are loaded when they are asked for. */
  authentication: Symbol('authentication') as InjectionToken<() => Promise<Authentication>>,
  hub: Symbol('hub') as InjectionToken<Hub>,
  log: Symbol('log') as InjectionToken<Log>,
  /** Keeps count of what runs. */
  recorder: Symbol('recorder') as InjectionToken<Recorder>,
  /** The figures of PID 1. */
  initCounts: Symbol('initCounts') as InjectionToken<InitCounts>,
  /** The daemon as it is seen by who asks about it. */
  view: Symbol('view') as InjectionToken<View>,
  /** Answers questions about the daemon. */
  control: Symbol('control') as InjectionToken<ControlApi>,
};
