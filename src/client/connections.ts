import { AgentError } from '../errors/agent-error.ts';
import { type Clock, systemClock } from '../observe/clock.ts';
import { RemoteClient } from './client.ts';
import type { ConnectOptions } from './options.ts';

export interface ReconnectOptions extends ConnectOptions {
  /** Pause after the first failure, in ms; each further one is twice as long. Default 250. */
  readonly firstPauseMs?: number;
  /** The longest pause, in ms. Default 10,000. */
  readonly longestPauseMs?: number;
  /** Called for every failure before the pause. Default: nothing. */
  readonly onFailure?: (error: AgentError, pauseMs: number) => void;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** So much of a pause is left to chance, so that many controllers do not come at the same moment. */
const JITTER = 0.25;

/** Mistakes that time does not mend. */
const HOPELESS: ReadonlySet<string> = new Set([
  'CONFIG_INVALID',
  'CERTIFICATES_INVALID',
  'TLS_PRIORITIES_INVALID',
  'GNUTLS_MISSING',
]);

/**
 * A connection, and another one each time the last has ended, until `signal` aborts or the loop is left. What the daemon knew it knows
 * still, unless it was started anew: register resources each time, which is harmless, and ask `recurring()` what runs.
 *
 * What a request throws ends the loop like any error of its body, also when its connection was lost: catch it, and go on with the next
 * connection if this one is not open any more.
 *
 * @example
 * for await (const client of connections({ host: 'web-1', key, signal })) {
 *   try {
 *     await client.registerResource(web);
 *     for await (const event of client.events()) { … }
 *   } catch (error) {
 *     if (client.isOpen) throw error;
 *   }
 * }
 * @throws AgentError what time does not mend: CONFIG_INVALID, CERTIFICATES_INVALID, TLS_PRIORITIES_INVALID, GNUTLS_MISSING
 */
export async function* connections(options: ReconnectOptions): AsyncGenerator<RemoteClient> {
  const { firstPauseMs = 250, longestPauseMs = 10_000, clock = systemClock, signal } = options;
  let failures = 0;
  while (!isAborted(signal)) {
    try {
      await using client = await RemoteClient.connect(options);
      failures = 0;
      const onAbort = (): void => client.close();
      signal?.addEventListener('abort', onAbort, { once: true });
      try {
        yield client;
        // Whoever has seen enough of it before its end wants the next one then.
        await client.closed;
      } finally {
        signal?.removeEventListener('abort', onAbort);
      }
    } catch (error) {
      if (!(error instanceof AgentError) || HOPELESS.has(error.code)) {
        throw error;
      }
      if (isAborted(signal)) {
        return;
      }
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** failures) * (1 - JITTER * Math.random());
      failures += 1;
      options.onFailure?.(error, Math.round(pauseMs));
      await pause(pauseMs, clock, signal);
    }
  }
}

const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;

/** Ends early when `signal` aborts. */
function pause(ms: number, clock: Clock, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.setTimer(ms, end);
    signal?.addEventListener('abort', end, { once: true });
  });
}
