import { AgentError, messageOf } from '../errors/agent-error.ts';
import type { Clock } from '../observe/clock.ts';
import { emit } from '../observe/events.ts';
import type { Relay } from '../protocol/ipc-relay.ts';
import { element } from '../protocol/xml-tree.ts';
import { CibSession } from './cib-session.ts';
import { DAEMON } from './cluster-session.ts';
import { readSchemaAnswer } from './schema-answer.ts';
import { newestInstalled, SchemaDirectory } from './schema-files.ts';

/** How long one transfer may take, in ms, as in the C daemon [protocol 6.9]. */
export const TRANSFER_TIMEOUT_MS = 5 * 60_000;

/** How the daemon is called in the cluster's log. */
const CLIENT_NAME = 'pacemaker-remoted';

export interface SchemaTransferOptions {
  readonly clock: Clock;
  readonly relay: Relay;
  /** Schemas that came with Pacemaker's tools. */
  readonly installed: string;
  /** Where newer ones are put. */
  readonly fetched: string;
}

/**
 * Fetches the schema files that the cluster has and we don't, so that tools in here can check a newer configuration.
 * The C daemon has a child process do it through its own IPC; ours speaks with the controller directly.
 */
export class SchemaTransfer {
  readonly #options: SchemaTransferOptions;
  readonly #directory: SchemaDirectory;
  /** The running one; it ends before the next begins, so that two never write at once. */
  #last: Promise<void> = Promise.resolve();
  #abort: AbortController | undefined;

  constructor(options: SchemaTransferOptions) {
    this.#options = options;
    this.#directory = new SchemaDirectory(options.fetched);
  }

  /** A provider is there. One that is under way is given up: its controller may be gone. Never rejects. */
  start(): Promise<void> {
    this.#abort?.abort(new AgentError('ABORTED', 'Another controller registered'));
    const abort = new AbortController();
    this.#abort = abort;
    this.#last = this.#last.then(() => this.#run(abort));
    return this.#last;
  }

  async #run(abort: AbortController): Promise<void> {
    const { clock, installed, fetched } = this.#options;
    const startedAtMs = clock.nowMs();
    const timer = clock.setTimer(TRANSFER_TIMEOUT_MS, () =>
      abort.abort(
        new AgentError('REQUEST_TIMEOUT', `Expected the schema files within ${TRANSFER_TIMEOUT_MS / 1000} s`),
      ),
    );
    try {
      const have = await newestInstalled(installed);
      if (have === undefined) {
        emit('schemas.skipped', { directory: installed });
        return;
      }
      const files = await this.#fetch(have, abort.signal);
      emit('schemas.fetched', {
        have,
        files,
        directory: fetched,
        ms: Math.round(clock.nowMs() - startedAtMs),
      });
    } catch (error) {
      emit('schemas.failed', { directory: fetched, reason: messageOf(error) });
    } finally {
      timer.cancel();
    }
  }

  async #fetch(have: string, signal: AbortSignal): Promise<number> {
    await this.#directory.prepare(this.#options.installed);
    signal.throwIfAborted();
    using session = new CibSession(this.#options.relay, 'cib_ro', DAEMON);
    const aborted = rejectedBy(signal);
    await Promise.race([session.signOn(CLIENT_NAME), aborted]);
    const request = element('schema', { version: have });
    const files = readSchemaAnswer(await Promise.race([session.ask('cib_schemas', request), aborted]));
    try {
      for (const file of files) {
        signal.throwIfAborted();
        await this.#directory.write(file);
      }
    } catch (error) {
      await this.#directory.empty();
      throw error;
    }
    return files.length;
  }
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  // It may come when nobody waits any more.
  promise.catch(() => undefined);
  return promise;
}
