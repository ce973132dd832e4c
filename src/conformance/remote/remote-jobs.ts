import { RemoteClient, type Secret } from '../../client/index.ts';
import { messageOf } from '../../errors/agent-error.ts';
import { systemClock } from '../../observe/clock.ts';
import { checkOf } from '../catalog.ts';
import type { Job, JobRunner } from '../job.ts';
import { perform } from '../perform.ts';
import type { CheckResult } from '../result.ts';
import type { Run } from '../run.ts';
import { RemoteCaller } from './remote-caller.ts';
import { REMOTE_PLACE } from './remote-place.ts';

/** A daemon that speaks Pacemaker's remote protocol. */
export interface RemoteTarget {
  readonly host: string;
  readonly port: number;
  readonly key: Secret;
}

/** In front of the names of all resources that are made there. */
const PREFIX = 'bundlet-conformance';

/** Carries out checks by a daemon, one after the other; the resources have names of their own there and are gone after each. */
export class RemoteJobs implements JobRunner {
  /** Two would get in each other's way as they would on one machine. */
  readonly limit = 1;
  readonly #target: RemoteTarget;
  #jobs = 0;

  constructor(target: RemoteTarget) {
    this.#target = target;
  }

  /**
   * Finds out whether it is there and lets us in.
   * @throws AgentError CONNECT_FAILED, TLS_HANDSHAKE_FAILED, TLS_HANDSHAKE_TIMEOUT, REQUEST_REFUSED, ABORTED
   */
  async probe(signal: AbortSignal): Promise<void> {
    const client = await RemoteClient.connect({ ...this.#target, signal });
    client.close();
    await client.closed;
  }

  async run(job: Job, onRun: (run: Run) => void, signal: AbortSignal): Promise<CheckResult> {
    const { subject, settings } = job;
    const check = await checkOf(subject, job.check);
    this.#jobs += 1;
    const connection = new Connection(this.#target);
    const prefix = `${PREFIX}-${process.pid}-${this.#jobs}`;
    const caller = new RemoteCaller(() => connection.open(), subject, prefix);
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new Error('The time of the check is over')), job.limitMs);
    try {
      const parts = { subject, settings, place: REMOTE_PLACE, caller, clock: systemClock, onRun };
      const result = await perform(check, parts, AbortSignal.any([limit.signal, signal]));
      const notes = await caller
        .cleanUp()
        .catch((error: unknown) => [`It was left there: ${messageOf(error)}`]);
      return signal.aborted
        ? { ...result, verdict: 'skipped', reason: 'It was interrupted' }
        : { ...result, notes: [...result.notes, ...notes] };
    } finally {
      clearTimeout(timer);
      await connection.close();
    }
  }
}

/** The connection of one check; made anew where the daemon has ended it. */
class Connection {
  readonly #target: RemoteTarget;
  #client: Promise<RemoteClient> | undefined;

  constructor(target: RemoteTarget) {
    this.#target = target;
  }

  async open(): Promise<RemoteClient> {
    const client = await this.#client?.catch(() => undefined);
    if (client?.isOpen === true) {
      return client;
    }
    this.#client = RemoteClient.connect(this.#target);
    return this.#client;
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    client?.close();
    await client?.closed;
  }
}
