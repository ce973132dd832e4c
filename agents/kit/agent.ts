import type { AgentContext } from './context.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Parameters } from './parameters.ts';

/** Does an action. What it returns is the exit code, nothing is success; it may throw an `AgentFailure`. */
export type Handler<P extends Parameters> = (
  context: AgentContext<P>,
) => Promise<ExitCode | undefined> | Promise<void>;

/** What metadata tells of one way to call an action; times as in Pacemaker, such as `20s`. */
export interface Timing {
  /** What it needs at least. */
  readonly timeout: string;
  /** Of a monitor: how often. */
  readonly interval?: string;
  /** Of a monitor: its check level. */
  readonly depth?: number;
  /** Of a monitor: for which role. */
  readonly role?: 'Promoted' | 'Unpromoted';
}

/** One action of an agent. */
export interface ActionDeclaration<P extends Parameters> {
  /** A monitor may have several, with different intervals. */
  readonly timings: readonly [Timing, ...Timing[]];
  readonly run: Handler<P>;
}

/** Actions that an agent may have. `meta-data`, `validate-all` and `usage` come from the kit. */
export type ActionName =
  | 'start'
  | 'stop'
  | 'monitor'
  | 'promote'
  | 'demote'
  | 'notify'
  | 'reload'
  | 'reload-agent'
  | 'migrate_to'
  | 'migrate_from';

type Required = 'start' | 'stop' | 'monitor';

/** What an agent is: everything else of it comes from this. */
export interface AgentDeclaration<P extends Parameters> {
  /** Its file's name. */
  readonly name: string;
  /** The agent's own version. */
  readonly version: string;
  readonly short: string;
  readonly long: string;
  readonly parameters: P;
  readonly actions: Readonly<Record<Required, ActionDeclaration<P>>> &
    Readonly<Partial<Record<Exclude<ActionName, Required>, ActionDeclaration<P>>>>;
  /**
   * What types can't tell of the parameters. Runs before `start`, `promote`, `reload-agent` and as `validate-all`. At check
   * level 0 of `validate-all` it looks only at the parameters, not at the machine [OCF-1.1 Check Levels]: see
   * `AgentContext.mayLookAtHost`.
   */
  readonly validate?: (context: AgentContext<P>) => Promise<void>;
  /** How long `validate-all` may take. Default: `20s`. */
  readonly validateTimeout?: string;
}

/** An agent of any parameters, as those who run it see it. */
// biome-ignore lint/suspicious/noExplicitAny: handlers of different parameters have no common type but this
export type Agent = AgentDeclaration<any>;
