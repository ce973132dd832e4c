import { findUser, type User } from '../../config/accounts.ts';
import { ALERT_USER } from '../../standards/alert.ts';
import type { Call, CallEnd, Caller } from '../caller.ts';
import type { Subject } from '../subject.ts';
import { alertVariables } from './alert-variables.ts';
import { inherited } from './environment.ts';
import { spawnCall } from './spawn-call.ts';

/** Where there is no account for them: they must not need to be somebody. */
const NOBODY: User = { uid: 65_534, gid: 65_534 };

/** Calls an alert agent as a daemon does: without arguments, everything in the environment, as the user of alerts [protocol 5.14]. */
export class AlertCaller implements Caller {
  readonly #subject: Subject;
  readonly #base: Readonly<Record<string, string>>;
  readonly #user: User | undefined;
  #sequence = 0;

  /** `base` is what agents inherit: PATH and little else. `hasUsers`: there are others than this one. */
  constructor(subject: Subject, base: Readonly<Record<string, string>>, hasUsers: boolean) {
    this.#subject = subject;
    this.#base = base;
    this.#user = hasUsers ? (findUser(ALERT_USER) ?? NOBODY) : undefined;
  }

  /** The action is the kind of the alert; the instance's parameters become variables under their own names. */
  call(call: Call, signal: AbortSignal): Promise<CallEnd> {
    this.#sequence += 1;
    const variables = alertVariables(call.action, this.#sequence);
    const env = inherited({ ...this.#base, ...variables, ...call.instance.parameters }, call.options);
    const { user = this.#user } = call.options;
    const options = { ...call.options, ...(user === undefined ? {} : { user }) };
    return spawnCall({ path: this.#subject.path, arguments: [], env }, { ...call, options }, signal);
  }
}
