import type { RunOptions } from './run.ts';
import type { DeclaredAction, Subject } from './subject.ts';

/** Pacemaker's own default for an operation that has none [pcmk: PCMK_DEFAULT_ACTION_TIMEOUT]. */
export const DEFAULT_TIMEOUT_MS = 20_000;
/** The same for alert agents [Pacemaker Explained, Alerts: meta-attribute timeout]. */
const ALERT_TIMEOUT_MS = 30_000;

/** What the metadata says of an action; of several monitors the one of that depth, else the first. */
export function declaredAction(
  { metadata }: Subject,
  action: string,
  { checkLevel = 0 }: RunOptions = {},
): DeclaredAction | undefined {
  const all = metadata?.actions.filter(({ name }) => name === action) ?? [];
  return all.find(({ depth = '0' }) => depth === String(checkLevel)) ?? all[0];
}

/** How long an action may take by the agent's own word, in ms. */
export function declaredTimeoutMs(subject: Subject, action: string, options: RunOptions = {}): number {
  const usual = subject.class === 'alert' ? ALERT_TIMEOUT_MS : DEFAULT_TIMEOUT_MS;
  return declaredAction(subject, action, options)?.timeoutMs ?? usual;
}

/** Whether the agent advertises it. */
export function advertises(subject: Subject, action: string): boolean {
  return declaredAction(subject, action) !== undefined;
}
