import type { InjectionToken } from 'tsyringe';
import type { Clock } from '../observe/clock.ts';
import type { Runner } from '../process/runner.ts';
import type { Hub } from '../session/hub.ts';
import type { ActionRunner } from '../standards/action.ts';
import type { Alerts } from '../standards/alert.ts';
import type { AuthKey } from '../transport/auth-key.ts';

/** Everything that is wired at the door; below it, plain constructors. */
export const TOKENS = {
  /** What agents inherit. */
  agentEnv: Symbol('agentEnv') as InjectionToken<Readonly<Record<string, string>>>,
  clock: Symbol('clock') as InjectionToken<Clock>,
  /** Runs programs; loaded when first asked for. */
  runner: Symbol('runner') as InjectionToken<() => Promise<Runner>>,
  /** Runs actions of agents, by class. */
  actionRunner: Symbol('actionRunner') as InjectionToken<ActionRunner>,
  alerts: Symbol('alerts') as InjectionToken<Alerts>,
  authKey: Symbol('authKey') as InjectionToken<AuthKey>,
  hub: Symbol('hub') as InjectionToken<Hub>,
};
