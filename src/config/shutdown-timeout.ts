import { parseDuration } from './duration.ts';
import type { Environment } from './environment.ts';
import type { Notes } from './note.ts';

/** Below a service manager, in ms: the unit of Pacemaker gives 30 minutes to stop [protocol 8.3]. */
const DEFAULT_MS = 29 * 60_000;

/** Kept of the time until pcmk-init KILLs the daemon, in ms: goodbyes may take a second, and a half is to spare. */
const FAREWELL_MS = 1500;

/**
 * How long the cluster may take to move everything away before the daemon ends, in ms: `BUNDLET_SHUTDOWN_TIMEOUT`, but
 * no longer than pcmk-init leaves the daemon alive, which it tells by `BUNDLET_DAEMON_STOP_MS`.
 */
export function readShutdownTimeout(env: Environment, notes: Notes): number {
  const limitMs = readLimit(env['BUNDLET_DAEMON_STOP_MS']);
  const text = env['BUNDLET_SHUTDOWN_TIMEOUT'];
  if (text === undefined || text === '') {
    return limitMs ?? DEFAULT_MS;
  }
  const timeoutMs = parseDuration(text);
  if (timeoutMs === undefined || timeoutMs < 0) {
    note(
      notes,
      `Expected a time such as 90s or 20min, got "${text}"; using ${(limitMs ?? DEFAULT_MS) / 1000} s`,
    );
    return limitMs ?? DEFAULT_MS;
  }
  if (limitMs !== undefined && timeoutMs > limitMs) {
    note(
      notes,
      `Expected at most ${limitMs / 1000} s, got "${text}": raise BUNDLET_STOP_TIMEOUT, and the grace of the container's stop`,
    );
    return limitMs;
  }
  return timeoutMs;
}

/** A very short time is shared in halves, as pcmk-init does it. */
function readLimit(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,9}$/.test(text)) {
    return undefined;
  }
  const stopMs = Number.parseInt(text, 10);
  return stopMs - Math.min(FAREWELL_MS, Math.trunc(stopMs / 2));
}

const note = (notes: Notes, problem: string): void => {
  notes.push({ setting: 'BUNDLET_SHUTDOWN_TIMEOUT', problem });
};
