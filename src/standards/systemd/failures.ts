import { AgentError } from '../../errors/agent-error.ts';
import { emit } from '../../observe/events.ts';
import type { Action } from '../action.ts';
import { type ActionResult, OCF, pendingResult, plainResult, STATUS } from '../result.ts';

/** Errors that mean that there is no such unit [protocol 5.13]. */
const NO_SUCH_UNIT: ReadonlySet<string> = new Set([
  'org.freedesktop.systemd1.InvalidName',
  'org.freedesktop.systemd1.LoadFailed',
  'org.freedesktop.systemd1.NoSuchUnit',
]);

const NO_REPLY = 'org.freedesktop.DBus.Error.NoReply';

/** Our own word, beside those of the bus, for a reply of another type than the interface has. */
export const UNEXPECTED_REPLY = 'UnexpectedReply';

/** The bus can't be reached, or went. */
export function busUnavailable(message: string, cause?: unknown): AgentError {
  return new AgentError('BUS_UNAVAILABLE', message, { labels: ['retryable'], cause });
}

/** The bus or systemd refused a call; `name` is the word of D-Bus for it, `text` what people shall read. */
export function callFailed(name: string, text: string): AgentError {
  return new AgentError('BUS_CALL_FAILED', `${name}: ${text}`, { details: { name, text } });
}

/** Whether it is a failure of a call with this name. */
export function isCallFailure(error: unknown, ...names: readonly string[]): boolean {
  return (
    error instanceof AgentError &&
    error.code === 'BUS_CALL_FAILED' &&
    names.includes(String(error.details['name']))
  );
}

/** There is no such unit: then it's stopped already, and can't be anything else. */
export function noSuchUnit(action: Action, unit: string): ActionResult {
  return action.name.toLowerCase() === 'stop'
    ? plainResult(OCF.ok, STATUS.done)
    : plainResult(OCF.notInstalled, STATUS.notInstalled, `systemd unit ${unit} not found`);
}

/**
 * What a failed call means for an action [protocol 5.13, errors].
 * @throws whatever is no failure of the bus: a fault of ours
 */
export function failureResult(error: unknown, action: Action, unit: string): ActionResult {
  if (
    !(error instanceof AgentError) ||
    (error.code !== 'BUS_UNAVAILABLE' && error.code !== 'BUS_CALL_FAILED')
  ) {
    throw error;
  }
  const facts = { rsc: action.rsc.id, op: action.name, unit, problem: error.message };
  if (error.code === 'BUS_UNAVAILABLE') {
    emit('systemd.unreachable', facts);
    return plainResult(OCF.error, STATUS.error, 'No DBus connection');
  }
  if (isCallFailure(error, ...NO_SUCH_UNIT)) {
    return noSuchUnit(action, unit);
  }
  if (isMonitor(action) && isReexecuting(error)) {
    return pendingResult();
  }
  emit('systemd.call-failed', facts);
  const result = plainResult(OCF.error, STATUS.error, 'Unable to invoke systemd DBus method');
  // The reason is what Pacemaker's people look for; what systemd said about it goes into the output.
  return { ...result, output: error.message };
}

/** Whether an action only looks. */
export function isMonitor(action: Action): boolean {
  const name = action.name.toLowerCase();
  return name === 'monitor' || name === 'status';
}

/** The bus tells so of a systemd that left in mid-call, as it does when it executes itself anew. */
function isReexecuting(error: AgentError): boolean {
  return isCallFailure(error, NO_REPLY) && String(error.details['text']).includes('disconnected');
}
