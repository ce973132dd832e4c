import { isAbsolute } from 'node:path';
import type { User } from '../config/accounts.ts';
import { messageOf } from '../errors/agent-error.ts';
import type { Clock } from '../observe/clock.ts';
import { emit } from '../observe/events.ts';
import type { Exit, RunnerAccess } from '../process/runner.ts';
import { errnoText, readableDuration } from './process-result.ts';

/** Whom alert agents run as where the daemon is root [protocol 5.14]. */
export const ALERT_USER = 'hacluster';

/** How long a shutdown waits beyond the longest timeout of the alerts in flight, in ms [protocol 5.14]. */
const DRAIN_GRACE_MS = 5000;

/** An event of the cluster that an alert agent is told of. */
export interface Alert {
  readonly id: string;
  /** Absolute path of the agent. */
  readonly path: string;
  /** Milliseconds; 0 or less means no limit. */
  readonly timeoutMs: number;
  /** Become environment variables under their own names. */
  readonly parameters: ReadonlyMap<string, string>;
}

export interface AlertsOptions {
  /** The daemon's environment, without what belongs to our runtime. */
  readonly baseEnv: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Asked for at each alert, so that it may be loaded with the first one. */
  readonly runner: RunnerAccess;
  /** Finds the account that agents run as; absent where the daemon is not root and can't become another. */
  readonly findAccount?: () => User | undefined;
}

/** Runs alert agents: at once, several at a time, their results for the log only [protocol 5.14]. */
export class Alerts {
  readonly #options: AlertsOptions;
  readonly #inFlight = new Set<Alert>();
  #sequence = 0;
  #isDraining = false;
  /** Resolved when the last alert of a shutdown has ended. */
  readonly #ended = Promise.withResolvers<void>();

  constructor(options: AlertsOptions) {
    this.#options = options;
  }

  /** @returns `no-account` when there is nobody to run it as. Whatever else goes wrong is told in the log only. */
  send(alert: Alert): 'accepted' | 'no-account' {
    if (this.#isDraining) {
      emit('alert.dropped', { alert: alert.id, path: alert.path });
      return 'accepted';
    }
    const { findAccount } = this.#options;
    const account = findAccount === undefined ? 'own' : this.#find(findAccount);
    if (account === undefined) {
      return 'no-account';
    }
    this.#launch(alert, account === 'own' ? {} : { user: account });
    return 'accepted';
  }

  /**
   * Waits for the alerts in flight, at most for the longest of their timeouts and 5 s, and at most `deadlineMs`.
   * Alerts that come from now on are dropped. What still runs then is left alone.
   */
  async drain(deadlineMs: number): Promise<void> {
    this.#isDraining = true;
    if (this.#inFlight.size === 0) {
      return;
    }
    const longestMs = Math.max(0, ...[...this.#inFlight].map(({ timeoutMs }) => timeoutMs));
    const late = Promise.withResolvers<void>();
    const timer = this.#options.clock.setTimer(Math.min(deadlineMs, longestMs + DRAIN_GRACE_MS), () => {
      emit('alert.abandoned', { count: this.#inFlight.size });
      late.resolve();
    });
    await Promise.race([this.#ended.promise, late.promise]);
    timer.cancel();
  }

  #find(findAccount: () => User | undefined): User | undefined {
    let problem = 'no such user in /etc/passwd';
    try {
      const account = findAccount();
      if (account !== undefined) {
        return account;
      }
    } catch (error) {
      problem = messageOf(error);
    }
    emit('alert.no-account', { user: ALERT_USER, problem });
    return undefined;
  }

  #launch(alert: Alert, user: { readonly user?: User }): void {
    const { baseEnv, clock, runner } = this.#options;
    const startedAtMs = clock.nowMs();
    this.#sequence += 1;
    const sequence = String(this.#sequence);
    const env = {
      ...baseEnv,
      ...Object.fromEntries(alert.parameters),
      // The older name is what agents of Pacemaker 1.1 look at; 2.1 still sets both.
      CRM_alert_node_sequence: sequence,
      CRM_notify_node_sequence: sequence,
    };
    const onExit = (exit: Exit): void => {
      tell(alert, exit, Math.round(clock.nowMs() - startedAtMs));
      this.#inFlight.delete(alert);
      if (this.#isDraining && this.#inFlight.size === 0) {
        this.#ended.resolve();
      }
    };
    this.#inFlight.add(alert);
    emit('alert.started', { alert: alert.id, path: alert.path, sequence: this.#sequence });
    const { path, timeoutMs } = alert;
    if (!isAbsolute(path)) {
      // A bare name would be looked up in PATH, which the alert's own parameters may set.
      queueMicrotask(() => onExit({ kind: 'not-started', errno: 'ENOENT' }));
      return;
    }
    const command = { path, args: [], env, timeoutMs, killScope: 'group', ...user } as const;
    Promise.resolve(runner()).then((it) => it.run(command, onExit));
  }
}

/** The result, never the environment: recipients are addresses of people, and passwords travel that way too. */
function tell(alert: Alert, exit: Exit, ms: number): void {
  const facts = { alert: alert.id, path: alert.path, ms };
  if (exit.kind === 'exited') {
    emit(exit.code === 0 ? 'alert.finished' : 'alert.failed', { ...facts, rc: exit.code });
  } else {
    emit('alert.failed', { ...facts, reason: reasonOf(exit, alert.timeoutMs) });
  }
}

function reasonOf(exit: Exclude<Exit, { kind: 'exited' }>, timeoutMs: number): string {
  switch (exit.kind) {
    case 'signalled':
      return `Expected an exit, the agent was ended by ${exit.signal}`;
    case 'timed-out':
      return `Expected an exit within ${readableDuration(timeoutMs)}; the agent and its children were killed`;
    case 'not-started':
      return `Expected an executable file at an absolute path: ${errnoText(exit.errno)}`;
  }
}
