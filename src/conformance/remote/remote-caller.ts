import type { RemoteClient } from '../../client/index.ts';
import type { Call, CallEnd, Caller } from '../caller.ts';
import { parametersOf } from '../calls/environment.ts';
import { declaredTimeoutMs } from '../declared.ts';
import type { Instance, Subject } from '../subject.ts';
import { readCompletion } from './read-completion.ts';

/** How much longer than an action's timeout its result is waited for, in ms: a daemon kills it, and systemd has its own grace. */
const GRACE_MS = 15_000;

/** Calls agents by a daemon, as a cluster does, but never in intervals: what makes a monitor recur is the daemon's matter. */
export class RemoteCaller implements Caller {
  readonly #connect: () => Promise<RemoteClient>;
  readonly #subject: Subject;
  /** In front of the names of resources, so that they are nobody else's. */
  readonly #prefix: string;
  /** Names of instances that the daemon knows. */
  readonly #registered = new Set<string>();

  /** `connect` gives a connection that is open. */
  constructor(connect: () => Promise<RemoteClient>, subject: Subject, prefix: string) {
    this.#connect = connect;
    this.#subject = subject;
    this.#prefix = prefix;
  }

  /** @throws AgentError CONNECTION_LOST and what connecting throws: nothing is known of the agent then */
  async call(call: Call, signal: AbortSignal): Promise<CallEnd> {
    const client = await this.#connect();
    const { action, instance, timeoutMs, options } = call;
    const rscId = await this.#register(client, instance);
    const limitMs = options.killAfterMs ?? timeoutMs;
    const parameters = Object.fromEntries(parametersOf(call));
    const operation = await client.exec({ rscId, action, timeoutMs: limitMs, parameters, origOnly: true });
    const done = await within(operation.result, limitMs + GRACE_MS, signal);
    return readCompletion(this.#subject, call, done);
  }

  /** Stops what was started and has the daemon forget it. @returns what went wrong, for people */
  async cleanUp(): Promise<readonly string[]> {
    const notes: string[] = [];
    // With their own parameters: the last call may have been one with spoilt ones.
    for (const instance of this.#subject.cases.instances.filter(({ name }) => this.#registered.has(name))) {
      const timeoutMs = declaredTimeoutMs(this.#subject, 'stop');
      const call: Call = { action: 'stop', instance, intervalMs: 0, timeoutMs, options: {} };
      const { end } = await this.call(call, new AbortController().signal);
      if (end.kind !== 'exited' || end.code !== 0) {
        notes.push(`Its stop afterwards failed: ${instance.name} may still run there`);
      }
      await (await this.#connect()).unregisterResource(this.#idOf(instance));
    }
    this.#registered.clear();
    return notes;
  }

  #idOf({ name }: Instance): string {
    return `${this.#prefix}-${name}`;
  }

  async #register(client: RemoteClient, instance: Instance): Promise<string> {
    const id = this.#idOf(instance);
    if (!this.#registered.has(instance.name)) {
      const { class: checked, provider, type } = this.#subject;
      await client.registerResource({
        ...{ id, class: checked, type },
        ...(provider === undefined ? {} : { provider }),
      });
    }
    this.#registered.add(instance.name);
    return id;
  }
}

/** The result, or an error when it does not come or nobody waits for it any more. */
async function within<T>(result: Promise<T>, limitMs: number, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = setTimeout(
    () => reject(new Error(`Expected a result from the daemon within ${limitMs} ms, got none`)),
    limitMs,
  );
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    return await Promise.race([result, promise]);
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', onAbort);
  }
}
