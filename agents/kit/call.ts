import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Agent, Timing } from './agent.ts';
import { AgentFailure } from './agent-failure.ts';
import type { AgentContext, Log } from './context.ts';
import { type ExitCode, OCF } from './exit-codes.ts';
import type { Host, Invocation, Program, ProgramResult } from './host.ts';
import { makeLog } from './log.ts';
import type { Parameters, Values } from './parameters.ts';
import { parseDuration } from './values.ts';

/** What is kept back of an action's time to tell why it failed: a tenth, at most a second. */
const RESERVE_SHARE = 0.1;
const RESERVE_MAX_MS = 1000;

const DEFAULT_LIMIT_MS = 20_000;
const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 50;

/** One call of an agent: its time, its words, its way to programs. */
export class Call {
  readonly action: string;
  readonly instance: string;
  readonly env: Readonly<Record<string, string>>;
  readonly log: Log;
  readonly #agent: Agent;
  readonly #host: Host;
  readonly #endsAtMs: number;
  readonly #limitMs: number;
  readonly #over = new AbortController();
  readonly #signal: AbortSignal;

  constructor(agent: Agent, { action, env, signal }: Invocation, host: Host) {
    this.action = action;
    this.env = env;
    this.instance = env['OCF_RESOURCE_INSTANCE'] ?? 'default';
    this.log = makeLog(host, { env, agent: agent.name, instance: this.instance });
    this.#agent = agent;
    this.#host = host;
    this.#limitMs = limitOf(agent, action, env);
    this.#endsAtMs =
      host.clock.nowMs() + this.#limitMs - Math.min(this.#limitMs * RESERVE_SHARE, RESERVE_MAX_MS);
    this.#signal = AbortSignal.any([signal, this.#over.signal]);
  }

  /** Ends what still waits for something. */
  end(): void {
    this.#over.abort(new AgentFailure(OCF.ERR_GENERIC, `${this.action} is over`));
  }

  /** Does something that ends when the action's time does, with a reason. */
  async guard(action: () => Promise<ExitCode>): Promise<ExitCode> {
    const over = `Expected ${this.action} to be done within ${this.#limitMs} ms, got no end of it`;
    const timer = this.#host.clock.sleep(Math.max(0, this.#leftMs()), this.#signal).then(
      () => this.#over.abort(new AgentFailure(OCF.ERR_GENERIC, over)),
      () => undefined, // the action was over first
    );
    let onAbort: (() => void) | undefined;
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(this.#signal.reason);
      this.#signal.addEventListener('abort', onAbort, { once: true });
    });
    try {
      this.#signal.throwIfAborted();
      return await Promise.race([action(), aborted]);
    } finally {
      this.#signal.removeEventListener('abort', onAbort ?? (() => undefined));
      this.end();
      await timer;
    }
  }

  /** Tells why an action failed, and gives its exit code. */
  explain(error: unknown): ExitCode {
    const isExpected = error instanceof AgentFailure;
    const text = error instanceof Error ? error.message : String(error);
    // One line: Pacemaker takes what follows the prefix up to the line's end.
    const reason = (isExpected ? text : `${this.#agent.name}: ${text}`).replace(/\s*\n\s*/g, '; ').trim();
    const prefix = this.env['OCF_EXIT_REASON_PREFIX'] ?? 'ocf-exit-reason:';
    this.#host.writeError(`${prefix}${reason}\n`);
    if (!isExpected && error instanceof Error) {
      this.log.debug(error.stack ?? text);
    }
    return isExpected ? error.code : OCF.ERR_GENERIC;
  }

  context<P extends Parameters>(
    values: Readonly<Record<string, unknown>>,
    given: ReadonlySet<string>,
  ): AgentContext<P> {
    const checkLevel = Math.max(0, Math.trunc(Number(this.env['OCF_CHECK_LEVEL'] ?? '0')) || 0);
    const interval = this.env['OCF_RESKEY_CRM_meta_interval'] ?? '0';
    return {
      // `readParameters` read them by the declaration of these very parameters.
      params: values as Values<P>,
      isGiven: (name) => given.has(String(name)),
      action: this.action,
      instance: this.instance,
      isProbe: (this.action === 'monitor' || this.action === 'status') && (Number(interval) || 0) === 0,
      checkLevel,
      mayLookAtHost: this.action !== 'validate-all' || checkLevel >= 10,
      env: this.env,
      log: this.log,
      clock: this.#host.clock,
      leftMs: () => Math.max(0, this.#leftMs()),
      signal: this.#signal,
      run: (program) => this.#run(program),
      waitFor: (what, condition, limitMs) => this.#waitFor(what, condition, limitMs),
      stateDirectory: () => this.#stateDirectory(),
      cache: this.#host.cache,
    };
  }

  #leftMs(): number {
    return this.#endsAtMs - this.#host.clock.nowMs();
  }

  async #run(program: Program): Promise<ProgramResult> {
    this.#signal.throwIfAborted();
    const { path, args = [], env = this.env, timeoutMs = Number.POSITIVE_INFINITY, user } = program;
    // 0 would be no limit.
    const limitMs = Math.max(1, Math.min(timeoutMs, this.#leftMs()));
    const result = await this.#host.run(
      { path, args, env, timeoutMs: limitMs, ...(user === undefined ? {} : { user }) },
      this.#signal,
    );
    this.#signal.throwIfAborted();
    return result;
  }

  async #waitFor<T>(
    what: string,
    condition: () => Promise<T | undefined> | T | undefined,
    limitMs = Number.POSITIVE_INFINITY,
  ): Promise<T> {
    const { clock } = this.#host;
    const endsAtMs = Math.min(clock.nowMs() + limitMs, this.#endsAtMs);
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      this.#signal.throwIfAborted();
      const found = await condition();
      if (found !== undefined) {
        return found;
      }
      const leftMs = endsAtMs - clock.nowMs();
      if (leftMs <= 0) {
        throw new AgentFailure(OCF.ERR_GENERIC, what);
      }
      await clock.sleep(Math.min(pauseMs, leftMs), this.#signal);
    }
  }

  async #stateDirectory(): Promise<string> {
    const name = encodeURIComponent(this.instance);
    const places = ['/run/bundlet/agents', this.env['HA_RSCTMP'] ?? '/run/resource-agents'];
    for (const [index, place] of places.entries()) {
      const path = join(place, this.#agent.name, name);
      try {
        await mkdir(path, { recursive: true, mode: 0o755 });
        return path;
      } catch (error) {
        if (index === places.length - 1) {
          const reason = `Expected a writable ${places.join(' or ')}, got ${(error as NodeJS.ErrnoException).code}`;
          throw new AgentFailure(OCF.ERR_PERM, reason, { cause: error });
        }
      }
    }
    throw new Error('no place for state');
  }
}

/** [protocol 5.12, CRM_meta_timeout]: milliseconds. */
function limitOf(agent: Agent, action: string, env: Readonly<Record<string, string>>): number {
  const given = Number(env['OCF_RESKEY_CRM_meta_timeout'] ?? '');
  if (given > 0) {
    return given;
  }
  const timings: readonly Timing[] =
    Object.entries(agent.actions).find(([name]) => name === action)?.[1]?.timings ?? [];
  const declared = timings[0]?.timeout;
  return declared === undefined ? DEFAULT_LIMIT_MS : parseDuration(declared);
}
