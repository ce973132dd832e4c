import { parseDuration } from './duration.ts';
import type { Environment } from './environment.ts';
import type { Notes } from './note.ts';

/** What the daemon knows of a watchdog. */
export interface WatchdogSettings {
  /** `TCP_USER_TIMEOUT` of accepted sockets, in ms: half the watchdog's timeout [protocol 1.1]. */
  readonly userTimeoutMs?: number;
  /** `SBD_WATCHDOG_TIMEOUT` in ms [protocol 4.9]. */
  readonly watchdogTimeoutMs?: number;
  /** Whether the daemon ends where the cluster relies on a watchdog that would not protect; default: it is logged. */
  readonly endsUnprotected: boolean;
}

export function readWatchdogOptions(env: Environment, notes: Notes): WatchdogSettings {
  const endsUnprotected = readWatchdogCheck(env, notes);
  const watchdogTimeoutMs = readWatchdog(env, notes);
  return watchdogTimeoutMs === undefined
    ? { endsUnprotected }
    : { endsUnprotected, watchdogTimeoutMs, userTimeoutMs: Math.trunc(watchdogTimeoutMs / 2) };
}

function readWatchdog(env: Environment, notes: Notes): number | undefined {
  const text = env['SBD_WATCHDOG_TIMEOUT'];
  if (text === undefined || text === '') {
    return undefined;
  }
  const timeoutMs = parseDuration(text);
  if (timeoutMs === undefined) {
    notes.push({
      setting: 'SBD_WATCHDOG_TIMEOUT',
      problem: `Expected a time such as 5s, got "${text}"; not used`,
    });
    return undefined;
  }
  return timeoutMs > 1 ? timeoutMs : undefined;
}

/** What a failed watchdog check does; the C daemon always ends. */
function readWatchdogCheck(env: Environment, notes: Notes): boolean {
  const text = env['BUNDLET_WATCHDOG_CHECK'] ?? '';
  if (!['', 'log', 'exit'].includes(text)) {
    notes.push({
      setting: 'BUNDLET_WATCHDOG_CHECK',
      problem: `Expected log or exit, got "${text}"; using log`,
    });
  }
  return text === 'exit';
}
